/** A model that comes from another file: found by its call, trained, and guarded against changes of that file. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeData } from "./idxFolder.ts";
import { startWhittle, useScratch, waitFor, whittle } from "./whittle.ts";

const NET = `const tf = require("@tensorflow/tfjs");
exports.build = (units) =>
  tf.sequential({ layers: [
    tf.layers.flatten({ inputShape: [8, 8, 1] }),
    tf.layers.dense({ units, activation: "relu" }),
    tf.layers.dense({ units: 10, activation: "softmax" }),
  ] });
`;

describe("a model from another file", () => {
  const scratch = useScratch(writeData);
  before(() => {
    writeFileSync(join(scratch.dir, "net.js"), NET);
    writeFileSync(join(scratch.dir, "train.js"), 'const { build } = require("./net");\nconst model = build(8);\n');
  });

  it("is trained, and not resumed once that file has changed", async () => {
    const args = ["run", "train.js", "--data", "idx:data", "--engine", "wasm", "--set", "epochs=100000"];
    const running = startWhittle(args, scratch.dir);
    const idOf = (): string | undefined => scratch.runIds().find((each) => !each.startsWith("."));
    const fileOf = (...path: string[]): string => join(scratch.runDir(idOf() ?? ""), ...path);
    await waitFor("it trains", () => {
      const file = fileOf("events.jsonl");
      return idOf() !== undefined && existsSync(file) && readFileSync(file, "utf8").includes('"type":"step"');
    });
    running.child.kill("SIGINT");
    assert.equal((await running.ended).code, 130);
    assert.equal(readFileSync(fileOf("source", "net.js"), "utf8"), NET);
    writeFileSync(join(scratch.dir, "net.js"), NET.replace("relu", "tanh"));
    const { code, stderr } = await whittle(["resume", idOf() ?? ""], scratch.dir);
    assert.notEqual(code, 0);
    assert.match(stderr, /net\.js has changed since run .* began/);
  });
});
