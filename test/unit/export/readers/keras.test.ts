/** What is said where Keras cannot be had, or cannot open a file. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { kerasReader, runInKeras } from "../../../../src/export/readers/keras.ts";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import { python } from "../keras/inKeras.ts";

describe("the user's Keras", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "whittle-reader-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const inputs = [{ name: "", shape: [1, 2], values: Float32Array.of(1, 2) }];
  const job = (name = "model.keras") => ({ file: join(folder, name), inputs });

  it("is asked for where there is no such Python", async () => {
    const path = process.env["PATH"];
    process.env["PATH"] = folder;
    try {
      await assert.rejects(
        () => kerasReader.run(job().file, inputs, { tf, compact: tf.sequential() }),
        (error) =>
          error instanceof WhittleError && error.kind === "usage" && error.remedy.includes("pip install keras"),
      );
    } finally {
      process.env["PATH"] = path;
    }
  });

  it("is not what another program is, whose last words are told", async () => {
    await assert.rejects(
      () => runInKeras(process.execPath, [job()]),
      (error) =>
        error instanceof WhittleError &&
        error.message.includes(process.execPath) &&
        !error.message.includes("np.fromfile") &&
        error.remedy.includes("import keras"),
    );
  });

  const own = python;
  if (own !== undefined) {
    it("says what is wrong with a file, and goes on with the next", async () => {
      writeFileSync(join(folder, "model.keras"), "no zip");
      const [one, other] = await runInKeras(own, [job(), job("gone.keras")]);
      assert.ok(one instanceof WhittleError && one.message.includes("model.keras"), String(one));
      assert.ok(other instanceof WhittleError && other.message.includes("gone.keras"), String(other));
    });

    it("that does not start is told in its own words", async () => {
      process.env["PYTHONPATH"] = folder;
      writeFileSync(join(folder, "keras.py"), "raise ImportError('no keras here')\n");
      try {
        await assert.rejects(
          () => runInKeras(own, [job()]),
          (error) => error instanceof WhittleError && /ImportError: no keras here$/.test(error.message),
        );
      } finally {
        delete process.env["PYTHONPATH"];
      }
    });
  }
});
