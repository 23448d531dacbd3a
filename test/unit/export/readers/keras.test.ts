/** What is said where Keras cannot be had, or cannot open a file. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAllInKeras, runInKeras } from "../../../../src/export/readers/keras.ts";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import { python } from "../keras/inKeras.ts";

describe("the user's Keras", function () {
  this.timeout(120_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "whittle-reader-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const job = () => ({ file: join(folder, "model.keras"), inputs: [{ shape: [1, 2], values: Float32Array.of(1, 2) }] });

  it("is asked for where there is no such Python", async () => {
    await assert.rejects(
      () => runInKeras(job(), { python: join(folder, "python") }),
      (error) => error instanceof WhittleError && error.kind === "usage" && error.remedy.includes("pip install keras"),
    );
  });

  it("is not what another program is, whose last words are told", async () => {
    await assert.rejects(
      () => runInKeras(job(), { python: process.execPath }),
      (error) =>
        error instanceof WhittleError &&
        error.message.includes(process.execPath) &&
        error.remedy.includes("import keras"),
    );
  });

  const own = python;
  if (own !== undefined) {
    it("says what is wrong with a file, and goes on with the next", async () => {
      writeFileSync(join(folder, "model.keras"), "no zip");
      const [one, other] = await runAllInKeras([job(), { ...job(), file: join(folder, "gone.keras") }], {
        python: own,
      });
      assert.ok(one instanceof WhittleError && one.message.includes("model.keras"), String(one));
      assert.ok(other instanceof WhittleError && other.message.includes("gone.keras"), String(other));
    });

    it("is found to be missing in a Python without it", async () => {
      process.env["PYTHONPATH"] = folder;
      writeFileSync(join(folder, "keras.py"), "raise ImportError('no keras here')\n");
      try {
        await assert.rejects(
          () => runInKeras(job(), { python: own }),
          (error) => error instanceof WhittleError && error.kind === "usage",
        );
      } finally {
        delete process.env["PYTHONPATH"];
      }
    });
  }
});
