/** By which products a run on the native engine is computed. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readRecord } from "../../src/runs/record/store.ts";
import { USABLE_ENGINES } from "./engines.ts";
import { writeData } from "./idxFolder.ts";
import { ONE_DENSE_EPOCH, startWhittle, TINY, useScratch, waitFor, whittleJson } from "./whittle.ts";

describe("oneDNN", () => {
  const scratch = useScratch(writeData);

  const oneDnnOf = async (id: string) => (await readRecord({ dir: scratch.runDir(id), id })).engine?.oneDnn;
  /** Stops it once it has come further. @returns the run's id */
  const trainFor = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> => {
    const idOf = (): string => scratch.runIds().find((each) => !each.startsWith(".")) ?? "";
    const stepsOf = (): number => {
      const file = join(scratch.runDir(idOf()), "events.jsonl");
      return existsSync(file) ? readFileSync(file, "utf8").split('"type":"step"').length - 1 : 0;
    };
    const before = stepsOf();
    const running = startWhittle(args, scratch.dir, env);
    await waitFor("it trains", () => stepsOf() > before);
    running.child.kill("SIGINT");
    assert.equal((await running.ended).code, 130);
    return idOf();
  };

  for (const engine of USABLE_ENGINES) {
    it(`is on or off as a run began on ${engine}, when it goes on as well`, async () => {
      const isNative = engine === "native";
      const args = ["run", TINY, "--data", "idx:data", "--engine", engine];
      const id = await trainFor([...args, "--set", "epochs=100000"], { TF_ENABLE_ONEDNN_OPTS: "0" });
      assert.equal(await oneDnnOf(id), isNative ? false : undefined);
      await trainFor(["resume", id], {});
      assert.equal(await oneDnnOf(id), isNative ? false : undefined);
      await whittleJson(["delete", id, "--yes"], scratch.dir);
      const { id: other } = await whittleJson([...args, ...ONE_DENSE_EPOCH], scratch.dir);
      assert.equal(typeof (await oneDnnOf(String(other))), isNative ? "boolean" : "undefined");
      await whittleJson(["delete", String(other), "--yes"], scratch.dir);
    });
  }
});
