import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { previewSchema, verifiedSchema, writtenSchema } from "../../src/protocol/modelExport.ts";
import { resultSchema } from "../../src/protocol/run.ts";
import { readLatestCheckpoint } from "../../src/runs/checkpoint/checkpoint.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/runs/checkpoint/safetensors.ts";
import { openRun } from "../../src/runs/record/store.ts";
import { writeData } from "./idxFolder.ts";
import {
  EXAMPLES,
  isThere,
  ONE_DENSE_EPOCH,
  startWhittle,
  TINY,
  useScratch,
  waitFor,
  whittle,
  whittleJson,
} from "./whittle.ts";

const FORMS = { tfjs: "net", safetensors: "net.safetensors", masks: "net.npz" } as const;

describe("whittle export and whittle verify", () => {
  const scratch = useScratch(writeData);
  let id: string;
  before(async () => {
    copyFileSync(TINY, join(scratch.dir, "tiny.model.ts"));
    const document = await whittleJson(["run", "tiny.model.ts", "--data", "idx:data", "--engine", "wasm"], scratch.dir);
    ({ id } = resultSchema.parse(document));
  });

  it("shows what would be written", async () => {
    const preview = previewSchema.parse(await whittleJson(["export", id], scratch.dir));
    const checkpoint = readLatestCheckpoint(await openRun(scratch.runDir(id)));
    const weights = [...(checkpoint?.tensors ?? [])].filter(([name]) => name.startsWith("weight:"));
    const remaining = weights.flatMap(([, { values }]) => [...values]).filter((value) => value !== 0).length;
    assert.deepEqual([preview.id, preview.state, preview.engine], [id, "done", "wasm"]);
    assert.equal(preview.parameters.dense, 64 * 16 + 16 + 16 * 2 + 2);
    assert.equal(preview.parameters.remaining, remaining);
    assert.ok(preview.parameters.compact <= preview.parameters.dense);
    assert.equal(preview.bytes.dense, 4 * preview.parameters.dense);
    assert.equal(preview.bytes.compact, 4 * preview.parameters.compact);
    assert.ok(preview.bytes.prunedCompressed < preview.bytes.dense);
    assert.equal(preview.flops?.dense, 2 * (64 * 16 + 16 * 2));
    assert.deepEqual(
      preview.latency.map(({ batch }) => batch),
      [1, 100],
    );
    assert.ok(preview.latency.every(({ dense, compact }) => dense > 0 && compact > 0));
    const shown = await whittle(["export", id], scratch.dir);
    assert.match(
      shown.stdout,
      /dense │ +pruned │ +compact[\s\S]*weights +│ +1,074[\s\S]*100 examples[\s\S]*wasm engine/,
    );
  });

  it("brings the classes of whittle/layers along, for a program that has TensorFlow.js alone", async () => {
    const file = join(scratch.dir, "attending.model.js");
    writeFileSync(
      file,
      `const tf = require("@tensorflow/tfjs");
       const { multiHeadAttention, rmsNormalization } = require("whittle/layers");
       exports.attending = () => tf.sequential({ layers: [
         tf.layers.reshape({ inputShape: [8, 8, 1], targetShape: [8, 8] }),
         multiHeadAttention({ heads: 2 }), rmsNormalization(), tf.layers.flatten(),
         tf.layers.dense({ units: 2, activation: "softmax" }),
       ] });`,
    );
    const args = ["run", file, "--data", "idx:data", "--engine", "wasm", ...ONE_DENSE_EPOCH];
    const run = resultSchema.parse(await whittleJson(args, scratch.dir));
    const { code, stderr } = await whittle(["export", run.id, "--to", "tfjs", "--out", "attending"], scratch.dir);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /whittle-layers\.js/);
    const program = `
      const { readFileSync } = require("node:fs");
      const tf = require("@tensorflow/tfjs");
      require("./attending/whittle-layers.js");
      const { modelTopology, weightsManifest: [{ weights: weightSpecs }] } = JSON.parse(readFileSync("attending/model.json", "utf8"));
      const weightData = Uint8Array.from(readFileSync("attending/weights.bin")).buffer;
      tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData })).then((model) => {
        console.log("sum", model.predict(tf.ones([1, 8, 8, 1])).sum().dataSync()[0]);
      });`;
    const env = { ...process.env, NODE_PATH: resolve(import.meta.dirname, "../../node_modules") };
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", program], { cwd: scratch.dir, env });
    assert.ok(Math.abs(Number(/^sum (.*)$/m.exec(stdout)?.[1]) - 1) < 1e-5, stdout);
  });

  it("writes each form, which gives what the run's model gives", async () => {
    for (const [format, name] of Object.entries(FORMS)) {
      const args = ["export", id, "--to", format, "--out", name];
      const written = writtenSchema.parse(await whittleJson(args, scratch.dir));
      assert.equal(written.out, join(scratch.dir, name));
      const verified = verifiedSchema.parse(await whittleJson(["verify", name, "--against", id], scratch.dir));
      assert.ok(verified.passed && verified.difference <= 1e-5, JSON.stringify(verified));
      assert.deepEqual([verified.format, verified.examples], [format, format === "masks" ? undefined : 60]);
      const again = await whittle(args, scratch.dir);
      assert.equal(again.code, 2);
      assert.match(again.stderr, /is there already/);
      assert.equal((await whittle([...args, "--force"], scratch.dir)).code, 0);
    }
    const few = await whittleJson(["verify", "net", "--against", id, "--examples", "7"], scratch.dir);
    assert.equal(verifiedSchema.parse(few).examples, 7);
  });

  it("says of a file that gives something else that it does, and by how much", async () => {
    await whittle(["export", id, "--to", "safetensors", "--out", "other.safetensors"], scratch.dir);
    const file = join(scratch.dir, "other.safetensors");
    const { tensors, metadata } = decodeSafetensors(readFileSync(file));
    tensors.get("hidden/kernel")?.values.fill(0);
    writeFileSync(file, Buffer.concat(encodeSafetensors({ tensors, metadata })));
    const verified = verifiedSchema.parse(await whittleJson(["verify", file, "--against", id], scratch.dir, 1));
    assert.ok(!verified.passed && verified.difference > 0.01, JSON.stringify(verified));
    const told = await whittle(["verify", file, "--against", id], scratch.dir);
    assert.match(told.stdout, /^✖ .*gives something else on 60 test examples/);
    for (const { values } of tensors.values()) values.fill(Number.NaN);
    writeFileSync(file, Buffer.concat(encodeSafetensors({ tensors, metadata })));
    const broken = await whittle(["verify", file, "--against", id], scratch.dir);
    assert.equal(broken.code, 1);
    assert.match(broken.stderr, /other\.safetensors gives values that are not finite/);
  });

  it("takes models with the layers of whittle/layers, several outputs, and data of their own", async () => {
    const normalized = join(scratch.dir, "normalized.js");
    writeFileSync(
      normalized,
      `const tf = require("@tensorflow/tfjs");
      const { rmsNormalization } = require("whittle/layers");
      exports.net = () => tf.sequential({ layers: [
        tf.layers.flatten({ inputShape: [8, 8, 1] }),
        tf.layers.dense({ units: 9, activation: "relu" }),
        rmsNormalization(),
        tf.layers.dense({ units: 2, activation: "softmax" }),
      ] });`,
    );
    let last = "";
    for (const [name, file, ...data] of [
      ["normalized", normalized, "--data", "idx:data"],
      ["published", join(EXAMPLES, "published.js")],
    ] as const) {
      const run = ["run", file, ...data, "--engine", "wasm", "--set", "epochs=1", "--set", "pruning.maxEpochs=2"];
      const result = resultSchema.parse(await whittleJson(run, scratch.dir));
      const written = await whittle(["export", result.id, "--to", "tfjs", "--out", name], scratch.dir);
      assert.equal(written.code, 0, written.stderr);
      last = result.id;
      const verified = await whittleJson(["verify", name, "--against", last], scratch.dir);
      assert.equal(verifiedSchema.parse(verified).passed, true);
    }
    const other = await whittle(["verify", "normalized", "--against", last], scratch.dir);
    assert.equal(other.code, 1);
    assert.match(
      other.stderr,
      /normalized cannot be run on the examples of run .*\n.*Name the run that it was exported/,
    );
  });

  it("ends with one error where there is nothing to export, or not with this", async () => {
    const refuse = async (args: readonly string[], message: RegExp, code = 2) => {
      const outcome = await whittle(args, scratch.dir);
      assert.equal(outcome.code, code, outcome.stderr);
      assert.match(outcome.stderr, message);
      assert.equal(outcome.stdout, "");
    };
    await refuse(["export", "nobody"], /No run in .* is called "nobody"/);
    await refuse(["export", id, "--to", "tfjs"], /--to is given without --out/);
    await refuse(["export", id, "--to", "word", "--out", "a"], /Allowed choices are tfjs/);
    await refuse(["export", id, "--to", "masks", "--out", "a.bin"], /ends in \.npz/);
    await refuse(["export", id, "--to", "masks", "--out", "none/a.npz"], /There is no folder/);
    await refuse(["verify", "none.npz", "--against", id], /There is no file/);

    const model = join(scratch.dir, "tiny.model.ts");
    const text = readFileSync(model, "utf8");
    writeFileSync(model, `${text}\n// Changed.\n`);
    await refuse(["export", id, "--to", "masks", "--out", "a.npz"], /tiny\.model\.ts has changed since run/, 1);
    const copied = await whittle(["export", id, "--to", "masks", "--out", "kept.npz", "--kept-model"], scratch.dir);
    assert.equal(copied.code, 0, copied.stderr);
    const verify = ["verify", "kept.npz", "--against", id, "--kept-model"];
    assert.equal(verifiedSchema.parse(await whittleJson(verify, scratch.dir)).passed, true);
    rmSync(model);
    await refuse(["export", id], /tiny\.model\.ts, the model of run .*, is gone[\s\S]*--kept-model/);
    writeFileSync(model, text);
    const copy = join(scratch.runDir(id), "source/tiny.model.ts");
    writeFileSync(copy, `${text}\n// Changed.\n`);
    await refuse(["export", id, "--kept-model"], /is not the copy that run .* has kept/, 1);
    writeFileSync(copy, text);

    const hidden = join(scratch.dir, "hidden");
    const checkpoints = join(scratch.runDir(id), "checkpoints");
    mkdirSync(hidden);
    for (const name of readdirSync(checkpoints)) copyFileSync(join(checkpoints, name), join(hidden, name));
    rmSync(checkpoints, { recursive: true });
    await refuse(["export", id], /has no checkpoint yet/);
    mkdirSync(checkpoints);
    for (const name of readdirSync(hidden)) copyFileSync(join(hidden, name), join(checkpoints, name));
    assert.ok(!existsSync(join(scratch.dir, "a.npz")));
  });

  it("ends with whoever asked for it, whatever the model file does", async () => {
    const model = join(scratch.dir, "waits.js");
    writeFileSync(
      model,
      `const tf = require("@tensorflow/tfjs");
      const wait = async (file) => {
        require("node:fs").writeFileSync(file, String(process.pid));
        await new Promise((resolve) => setTimeout(resolve, 1e6));
      };
      exports.net = async () => {
        if (process.env.WAIT_WITH) await wait(process.env.WAIT_WITH);
        return tf.sequential({ layers: [tf.layers.flatten({ inputShape: [8, 8, 1] }), tf.layers.dense({ units: 2, activation: "softmax" })] });
      };`,
    );
    const run = ["run", model, "--data", "idx:data", "--engine", "wasm", ...ONE_DENSE_EPOCH];
    const { id: waiting } = resultSchema.parse(await whittleJson(run, scratch.dir));
    const file = join(scratch.dir, "pid");
    const { child, ended } = startWhittle(["export", waiting], scratch.dir, { WAIT_WITH: file });
    await waitFor("the model file waits", () => existsSync(file) && readFileSync(file, "utf8") !== "");
    child.kill("SIGKILL");
    await ended;
    const pid = Number(readFileSync(file, "utf8"));
    await waitFor("the training process has ended", () => !isThere(pid));
  });

  it("exports the newest checkpoint of a run that has not ended, and says so", async () => {
    const run = [
      "run",
      "tiny.model.ts",
      "--data",
      "idx:data",
      "--engine",
      "wasm",
      "--set",
      "epochs=100000",
      "--detach",
    ];
    const { id: going } = await whittleJson(run, scratch.dir);
    const checkpoints = join(scratch.runDir(String(going)), "checkpoints");
    const isWhole = (name: string): boolean => name.endsWith(".safetensors");
    await waitFor("there is a checkpoint", () => existsSync(checkpoints) && readdirSync(checkpoints).some(isWhole));
    const live = await whittle(["export", String(going), "--to", "masks", "--out", "live.npz"], scratch.dir);
    assert.equal(live.code, 0, live.stderr);
    assert.match(live.stderr, /is not done \(running\): this is the model of its newest checkpoint/);
    await whittle(["stop", String(going)], scratch.dir);
    const stopped = await whittleJson(["verify", "live.npz", "--against", String(going)], scratch.dir);
    assert.equal(verifiedSchema.parse(stopped).passed, true, "nothing is pruned before the first threshold");
  });
});
