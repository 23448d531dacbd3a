/** How the models of a run go on with a user's texts, where they are of a language. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { predictionsSchema } from "../../src/protocol/predictions.ts";
import { resultSchema } from "../../src/protocol/run.ts";
import { writtenTextSchema } from "../../src/protocol/writing.ts";
import { LINE, writeLetters } from "../fixtures/writeLetters.ts";
import { useScratch, whittle, whittleJson } from "./whittle.ts";

describe("whittle write, of a language model", () => {
  const scratch = useScratch();
  let id: string;
  before(async () => {
    writeLetters(scratch.dir);
    ({ id } = resultSchema.parse(await whittleJson(["run", "letters.js"], scratch.dir)));
  });

  const write = async (...args: readonly string[]) =>
    z
      .strictObject({ id: z.string(), texts: z.array(writtenTextSchema) })
      .parse(await whittleJson(["write", id, ...args], scratch.dir)).texts;
  const refuse = async (args: readonly string[], message: RegExp) => {
    const outcome = await whittle(["write", ...args], scratch.dir);
    assert.deepEqual([outcome.code, message.test(outcome.stderr)], [2, true], outcome.stderr);
  };

  it("goes on with a text as the model has learnt it, for as long as it is told, with both models", async () => {
    assert.deepEqual(await write("cd", "--temperature", "0"), [
      { source: "cd", continues: true, unknown: [], dense: "efg\nabcdefg\nabcd", pruned: "efg\nabcdefg\nabcd" },
    ]);
    const [long, short] = await write("zzzz\nabcdefg\nazab", "f", "--temperature", "0", "--length", "3");
    assert.deepEqual([long?.read, long?.unknown, long?.pruned], [4, ["zzzz", "azab"], "cde"]);
    assert.deepEqual([short?.read, short?.pruned], [undefined, "g\na"]);
    const { stdout } = await whittle(["write", id, "ef", "--temperature", "0", "--length", "4"], scratch.dir);
    assert.equal(stdout, "ef\n  dense   g\n          ab\n  pruned  g\n          ab\n");
  });

  it("draws the same tokens again by the same seed, and others by another", async () => {
    const draw = async (seed: string) => (await write("a", "--temperature", "10", "--seed", seed))[0]?.pruned;
    const first = await draw("1");
    assert.equal(await draw("1"), first);
    assert.notEqual(await draw("2"), first);
    assert.equal(first?.length, 16);
  });

  it("is shown by the run itself for parts of the validation split", () => {
    const file = readFileSync(join(scratch.runDir(id), "predictions.json"), "utf8");
    const predictions = predictionsSchema.parse(JSON.parse(file));
    assert.ok(predictions.of === "texts" && predictions.metric === undefined);
    assert.equal(predictions.count, 20);
    for (const { source, reference, dense, pruned } of predictions.examples) {
      assert.equal(source.length, 4);
      assert.ok(LINE.repeat(40).includes(source + reference));
      assert.deepEqual([dense.length, pruned.length], [16, 16]);
    }
  });

  it("refuses what is for other models, and figures out of range", async () => {
    await refuse([id, "a", "--beams", "2"], /--beams is for a model that reads a text and writes another one/);
    await refuse([id, "a", "--temperature", "warm"], /--temperature is NaN/);
    await refuse([id, "a", "--length", "0"], /--length is 0/);
  });
});
