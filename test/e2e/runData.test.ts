/** What runs are trained on: tables, streams, functions of the user's own. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PNG } from "pngjs";
import { resultSchema, runRecordSchema } from "../../src/protocol/run.ts";
import { readLatestCheckpoint } from "../../src/runs/checkpoint/checkpoint.ts";
import { readDataDescription } from "../../src/runs/record/dataDescription.ts";
import { openRun, readRecord } from "../../src/runs/record/store.ts";
import { USABLE_ENGINES } from "./engines.ts";
import { writeData } from "./idxFolder.ts";
import { EXAMPLES, FIXTURES, ONE_DENSE_EPOCH, TINY, useScratch, whittle, whittleJson } from "./whittle.ts";

describe("whittle run, by its data", () => {
  const scratch = useScratch(writeData);

  it("trains on what the file's own function gives, drawn by the seed, with values as targets", async () => {
    const file = join(FIXTURES, "ownData.model.ts");
    const runOf = async (seed: string) => {
      const result = resultSchema.parse(
        await whittleJson(["run", file, "--engine", "wasm", "--seed", seed], scratch.dir),
      );
      const folder = join(scratch.dir, ".whittle/runs", result.id);
      const { data } = runRecordSchema.parse(JSON.parse(readFileSync(join(folder, "run.json"), "utf8")));
      return { result, data };
    };
    const [first, again, other] = [await runOf("3"), await runOf("3"), await runOf("4")];
    assert.equal(first.result.status, "done");
    assert.ok(first.result.reference.metric < 0.2, "the line is learned");
    assert.ok(first.result.sparsity > 0, "something was pruned");
    assert.deepEqual(
      [first.data?.spec, first.data?.train, first.data?.validation, first.data?.test],
      ["custom", 162, 18, 20],
    );
    // What nobody can tell without running the file's code is kept, for the preview.
    const kept = await readDataDescription(await openRun(join(scratch.dir, ".whittle/runs", first.result.id)));
    assert.deepEqual(
      [kept?.sha256, kept?.splits.map(({ count }) => count), kept?.examples.length],
      [first.data?.sha256, [162, 18, 20], 24],
    );
    assert.equal(again.data?.sha256, first.data?.sha256);
    assert.deepEqual(again.result.test, first.result.test);
    assert.notEqual(other.data?.sha256, first.data?.sha256);
  });

  it("trains on a stream, and says that it was one", async () => {
    const file = join(FIXTURES, "streamed.model.ts");
    const result = resultSchema.parse(await whittleJson(["run", file, "--engine", "wasm"], scratch.dir));
    assert.equal(result.status, "done");
    assert.ok(result.reference.metric > 0.85, `the line is learned: ${result.reference.metric}`);
    assert.ok(result.sparsity > 0, "something was pruned");
    assert.equal(result.steps, result.epochs * 20, "320 examples in batches of 16");
    const shown = await whittle(["show", result.id], scratch.dir);
    assert.match(shown.stdout, /custom: 320 training \(streamed\), 80 validation, 80 test examples/);
    const kept = await readDataDescription(await openRun(scratch.runDir(result.id)));
    assert.deepEqual([kept?.from, kept?.splits.map(({ count }) => count)], ["validation", [320, 80, 80]]);
  });

  it("trains on a folder of images, and names the one that cannot be read", async () => {
    for (const [name, lit] of Object.entries({ lower: 1, upper: 0 })) {
      mkdirSync(join(scratch.dir, "bars", name), { recursive: true });
      for (let at = 0; at < 60; at++) {
        const picture = new PNG({ width: 8, height: 8, colorType: 0 });
        for (let byte = 0; byte < picture.data.length; byte++) {
          const half = byte < picture.data.length / 2 ? 0 : 1;
          picture.data[byte] = (half === lit ? 200 : 20) + ((at + 7 * byte) % 50);
        }
        writeFileSync(join(scratch.dir, "bars", name, `${at}.png`), PNG.sync.write(picture, { colorType: 0 }));
      }
    }
    const args = ["run", TINY, "--data", "images:bars", "--engine", "wasm", "--set", "epochs=20"];
    const result = resultSchema.parse(await whittleJson(args, scratch.dir));
    assert.ok(result.test.metric > 0.9, `halves are told apart: ${result.test.metric}`);
    writeFileSync(
      join(scratch.dir, "bars", "upper", "7.png"),
      PNG.sync.write(new PNG({ width: 8, height: 8 })).subarray(0, 60),
    );
    const failed = await whittle(args, scratch.dir);
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /7\.png is no PNG that can be read, or cut off[\s\S]*Copy or download the file again/);
  });

  it("ends with one error where a stream ends before it said", async () => {
    const failed = await whittle(
      ["run", TINY, "--data", `module:${join(FIXTURES, "streamed.model.ts")}#short`, "--engine", "wasm"],
      scratch.dir,
    );
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /train ends after 40 examples of epoch 1, but count is 50[\s\S]*Set count to 40/);
  });

  it("prunes what people publish without a change: two outputs, an own layer, losses and loader of its own", async () => {
    const file = join(EXAMPLES, "published.js");
    for (const engine of USABLE_ENGINES) {
      const result = resultSchema.parse(await whittleJson(["run", file, "--engine", engine], scratch.dir));
      assert.equal(result.status, "done");
      assert.deepEqual(
        result.layers.map(({ name, shape }) => [name, shape]),
        [
          ["hidden/kernel", [5, 24]],
          ["side/kernel", [24, 2]],
          ["amount/kernel", [24, 1]],
        ],
      );
      assert.ok(result.reference.metric > 0.85, `${engine}: the side is learned, ${result.reference.metric}`);
      assert.ok(result.sparsity > 0.1, `${engine}: something was pruned, ${result.sparsity}`);
      const log = readFileSync(join(scratch.dir, ".whittle/runs", result.id, "events.jsonl"), "utf8");
      assert.match(log, /published\.js:58 trains by itself \(fitDataset\)/);
      assert.doesNotMatch(log, /cannot be a graph/);
    }
  });

  it("prunes what a page in a browser trains, on the data that it trains on, drawn by the seed", async () => {
    const runOf = async (seed: string) => {
      const args = ["run", `${join(FIXTURES, "page.js")}#run`, "--engine", "wasm", "--seed", seed];
      const result = resultSchema.parse(await whittleJson(args, scratch.dir));
      const { data, settings } = await readRecord({ dir: scratch.runDir(result.id), id: result.id });
      return { result, data, settings };
    };
    const [first, again, other] = [await runOf("3"), await runOf("3"), await runOf("4")];
    const { data, settings, result } = first;
    assert.deepEqual([data?.spec, data?.train, data?.validation, data?.test], ["fit", 216, 80, 24]);
    assert.deepEqual([settings?.loss, settings?.optimizer.name], ["categoricalCrossentropy", "adam"]);
    assert.ok(result.reference.metric > 0.9, `the side is learned: ${result.reference.metric}`);
    assert.ok(result.sparsity > 0, "something was pruned");
    const log = readFileSync(join(scratch.runDir(result.id), "events.jsonl"), "utf8");
    const warnings = log.split("\n").filter((line) => line.includes('"type":"warning"'));
    assert.equal(warnings.length, 2, warnings.join("\n"));
    assert.match(
      warnings[0] ?? "",
      /'a-charts-package'.*\\"run\\" may not need it: .* is loaded without lines 3 to 5, 31\./,
    );
    assert.match(warnings[1] ?? "", /Left out: .*page\.js:26 trains by itself \(fit\)/);
    assert.equal(again.data?.sha256, data?.sha256);
    assert.deepEqual(again.result.test, result.test);
    assert.notEqual(other.data?.sha256, data?.sha256);
    const exported = await whittle(["export", result.id, "--to", "tfjs", "--out", "page"], scratch.dir);
    assert.equal(exported.code, 0, exported.stderr);
    const verified = await whittle(["verify", "page", "--against", result.id], scratch.dir);
    assert.equal(verified.code, 0, verified.stderr);
  });

  it("takes the data of a training that a program begins after a while, for a model of another of its functions", async () => {
    writeFileSync(join(scratch.dir, "program.js"), PROGRAM);
    const shared = ["--engine", "wasm", "--set", "epochs=2", "--set", "pruning.maxEpochs=2", "--data", "fit"];
    const runOf = async () => {
      const result = resultSchema.parse(await whittleJson(["run", "program.js", ...shared], scratch.dir));
      return { result, record: await readRecord({ dir: scratch.runDir(result.id), id: result.id }) };
    };
    const [first, again] = [await runOf(), await runOf()];
    assert.equal(first.record.plan.exportName, "createModel");
    assert.deepEqual([first.record.data?.spec, first.record.data?.train], ["fit", 162]);
    assert.equal(again.record.data?.sha256, first.record.data?.sha256);
    assert.deepEqual(again.result.test, first.result.test);
  });

  it("prunes a regression on the table beside the model, wherever it is started from", async () => {
    const file = join(EXAMPLES, "prices.model.ts");
    const result = resultSchema.parse(await whittleJson(["run", file, "--engine", "wasm"], scratch.dir));
    assert.ok(result.sparsity >= 0.75, String(result.sparsity));
    // The noise has a deviation of 0.15; the mean price would be off by 1.7.
    assert.ok(result.test.metric < 0.25, String(result.test.metric));
  });

  it("finds the inputs that matter: of ten, the five that the targets are made of keep their weights", async () => {
    const file = join(EXAMPLES, "friedman.model.ts");
    const result = resultSchema.parse(await whittleJson(["run", file, "--engine", "wasm"], scratch.dir));
    assert.ok(result.sparsity >= 0.8, String(result.sparsity));
    // The noise alone has a root mean square of 1; a constant would be off by 5.
    assert.ok(result.test.metric < 1.4, String(result.test.metric));
    const checkpoint = readLatestCheckpoint(await openRun(join(scratch.dir, ".whittle/runs", result.id)));
    const { shape = [], values = [] } = checkpoint?.tensors.get("weight:fc1/kernel") ?? {};
    assert.deepEqual(shape, [10, 64]);
    const kept = Array.from({ length: 10 }, (_, input) =>
      Array.from(values.slice(64 * input, 64 * (input + 1))).reduce((sum, weight) => sum + Number(weight !== 0), 0),
    );
    assert.ok(Math.min(...kept.slice(0, 5)) > Math.max(...kept.slice(5)), kept.join());
  });

  it("is stopped while data come without an end, and says so", async () => {
    const model = join(scratch.dir, "endless.ts");
    writeFileSync(
      model,
      `import * as tf from "@tensorflow/tfjs";
      import { defineExperiment } from "whittle";
      export const net = () => tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
      export default defineExperiment({ model: net, data: function* () { for (;;) yield { x: [1, 2], y: 3 }; }, loss: "meanSquaredError" });`,
    );
    const { id } = await whittleJson(["run", model, "--engine", "wasm", "--detach"], scratch.dir);
    assert.equal(typeof id, "string");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const stopped = await whittle(["stop", String(id)], scratch.dir);
    assert.equal(stopped.code, 0, stopped.stderr);
    const record = runRecordSchema.parse(
      JSON.parse(readFileSync(join(scratch.dir, ".whittle/runs", String(id), "run.json"), "utf8")),
    );
    assert.equal(record.state, "stopped");
  });

  it("says what is in a data set before anything is trained on it", async () => {
    const found = await whittleJson(["data", "idx:data"], scratch.dir);
    assert.deepEqual([found["xShape"], found["yShape"]], [[8, 8, 1], []]);
    const shown = await whittle(["data", "idx:data"], scratch.dir);
    assert.match(shown.stdout, /examples: shape 8×8×1, values 0\.\d+ to 0\.\d+, mean/);
    assert.match(shown.stdout, /targets: 2 classes/);
    const first = await whittle(["data", "idx:data", "--examples", "1"], scratch.dir);
    assert.match(first.stdout, /\n(0(\.\d+)? ){12}… → class [01]\n$/);
    writeFileSync(join(scratch.dir, "pets.csv"), `a,label\n${"1,cat\n2,dog\u001b[31m\n".repeat(9)}`);
    const pets = await whittle(["data", "csv:pets.csv", "--examples", "1"], scratch.dir);
    assert.match(pets.stdout, /split +│ examples │ cat │ dog \[31m │/);
    assert.match(pets.stdout, /→ (cat|dog \[31m)\n$/);
    const missing = await whittle(["data", "csv:none.csv"], scratch.dir);
    assert.match(missing.stderr, /none\.csv does not exist/);
  });

  it("takes data from a module, and says where a function of it fails", async () => {
    const model = join(scratch.dir, "xor.js");
    writeFileSync(
      model,
      `const tf = require("@tensorflow/tfjs");
      const net = () => tf.sequential({ layers: [tf.layers.dense({ units: 2, activation: "softmax", inputShape: [2] })] });
      module.exports = { net };`,
    );
    const run = (name: string) => [
      ...["run", model, "--data", `module:${join(FIXTURES, "ownData.model.ts")}#${name}`, "--engine", "wasm"],
      ...ONE_DENSE_EPOCH,
    ];
    assert.equal(resultSchema.parse(await whittleJson(run("examples"), scratch.dir)).status, "done");
    const failed = await whittle(run("fails"), scratch.dir);
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /ownData\.model\.ts:\d+: the data cannot be had: the server is down/);
    const missing = await whittle(run("other"), scratch.dir);
    assert.match(missing.stderr, /has no export "other" that gives data[\s\S]*examples/);
  });
});

const PROGRAM = `const tf = require("@tensorflow/tfjs");
function createModel() {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [4] })] });
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  return model;
}
async function main() {
  const xs = [];
  for (let at = 0; at < 200; at++) {
    if (at % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 30));
    xs.push([1, 2, 3, 4].map(() => Math.random()));
  }
  const x = tf.tensor2d(xs);
  await createModel().fit(x, x.sum(1, true));
}
main();
`;
