/** Data sets of texts, as a user looks at one and trains on one. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readTokenizer } from "../../src/language/tokenizers.ts";
import { ONE_DENSE_EPOCH, useScratch, whittle, whittleJson } from "./whittle.ts";

const MODEL = `const tf = require("@tensorflow/tfjs");
exports.opinion = () => tf.sequential({ layers: [
  tf.layers.embedding({ inputDim: 20, outputDim: 4, inputShape: [4] }),
  tf.layers.flatten(),
  tf.layers.dense({ units: 2, activation: "softmax" }),
] });
`;

describe("texts", () => {
  const scratch = useScratch();

  it("are shown as texts, cut into tokens as settings say", async () => {
    const words = await whittle(["data", "phrases", "--examples", "1"], scratch.dir);
    assert.match(words.stdout, /ids of 178 tokens/);
    assert.match(words.stdout, /\n([a-z]+ ){3,13}[a-z]+ → ([a-z]+ ){3,13}[a-z]+\n$/);
    const letters = await whittle(["data", "phrases", "--set", "text.tokenizer=character"], scratch.dir);
    assert.match(letters.stdout, /ids of \d\d tokens/);
    const wrong = await whittle(["data", "phrases", "--set", "text.tokenizer=letter"], scratch.dir);
    assert.deepEqual([wrong.code, /text\.tokenizer/.test(wrong.stderr)], [2, true]);
  });

  it("are trained on, and what their ids stand for stays with the run", async () => {
    writeFileSync(join(scratch.dir, "opinion.js"), MODEL);
    const rows = Array.from({ length: 40 }, (_, at) => ({
      text: at % 2 === 0 ? "a good film indeed" : "a bad film indeed",
      label: at % 2 === 0 ? "up" : "down",
    }));
    writeFileSync(join(scratch.dir, "films.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const { id } = await whittleJson(
      [...["run", "opinion.js", "--data", "labelled:films.jsonl#text-label", "--engine", "wasm"], ...ONE_DENSE_EPOCH],
      scratch.dir,
    );
    const folder = scratch.runDir(String(id));
    const file = readFileSync(join(folder, "tokenizer.json"), "utf8");
    const tokenizer = readTokenizer(JSON.parse(file));
    assert.equal(tokenizer.decode(tokenizer.encode("a bad film nowhere")), "a bad film");
    assert.ok(!existsSync(join(folder, "dense.safetensors")), "only of models that write");
  });
});
