/** Files that Keras saved, trained and pruned as they are. */
import assert from "node:assert/strict";
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { useScratch, whittle, whittleJson } from "./whittle.ts";

const FILES = resolve(import.meta.dirname, "../reference/keras_files");

describe("files of Keras", () => {
  const scratch = useScratch();
  before(() => {
    // Which third of its range the first of six values is in.
    const rows = Array.from({ length: 300 }, (_, at) => {
      const values = Array.from({ length: 6 }, (_, axis) => (((at + 1) * (axis + 7) * 37) % 101) / 101);
      return [...values, ["low", "middle", "high"][Math.floor((values[0] ?? 0) * 3)]].join(",");
    });
    writeFileSync(join(scratch.dir, "rows.csv"), `a,b,c,d,e,f,third\n${rows.join("\n")}\n`);
  });

  for (const ending of [".keras", ".h5"]) {
    it(`dense${ending} is pruned with the settings beside it and the optimizer that it was compiled with`, async () => {
      copyFileSync(join(FILES, `dense${ending}`), join(scratch.dir, `net${ending}`));
      const settings = { data: "csv:rows.csv", engine: "wasm", epochs: 3, pruning: { maxEpochs: 3 } };
      writeFileSync(join(scratch.dir, "net.whittle.json"), JSON.stringify(settings));
      const { id, params } = (await whittleJson(["run", `net${ending}`], scratch.dir)) as {
        readonly id: string;
        readonly params: { readonly total: number; readonly remaining: number };
      };
      assert.equal(params.total, 6 * 8 + 8 + 8 * 3 + 3);
      assert.ok(params.remaining < params.total);
      const { settings: used } = JSON.parse(readFileSync(join(scratch.runDir(id), "run.json"), "utf8"));
      assert.deepEqual([used.optimizer.name, used.optimizer.learningRate], ["adam", 0.002]);
      assert.ok(existsSync(join(scratch.runDir(id), "source", `net${ending}`)));
    });
  }

  it("says what is wrong with a file, and ends", async () => {
    writeFileSync(join(scratch.dir, "broken.keras"), "no zip");
    const { code, stderr } = await whittle(["run", "broken.keras", "--data", "csv:rows.csv"], scratch.dir);
    assert.equal(code, 1);
    assert.match(stderr, /broken\.keras is no \.keras file, or damaged/);
  });
});
