import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import type { Checkpoint } from "../../../../src/runs/checkpoint/checkpoint.ts";
import { readDenseWeights, writeDenseWeights } from "../../../../src/runs/checkpoint/denseWeights.ts";
import { createRun } from "../../../../src/runs/record/store.ts";
import { samplePlan, useFolder } from "../record/sampleRuns.ts";

const weights = (first: number): Checkpoint["tensors"] =>
  new Map([
    ["dense/kernel", { shape: [2, 2], values: Float32Array.of(first, -0, Number.NaN, 1e-45) }],
    ["dense/bias", { shape: [2], values: Float32Array.of(1, 2) }],
  ]);

describe("weights of the dense reference in a run's folder", () => {
  const folder = useFolder();
  const newRun = () => createRun(folder(), samplePlan, "d");

  it("come back as they were written, the newest ones, and leave nothing else behind", async () => {
    const run = await newRun();
    const before = readdirSync(run.dir);
    assert.equal(readDenseWeights(run), undefined);
    writeFileSync(join(run.dir, "dense.safetensors.tmp"), "left by a killed process");
    writeDenseWeights(run, weights(1));
    writeDenseWeights(run, weights(2));
    assert.deepEqual(readDenseWeights(run), weights(2));
    assert.deepEqual(readdirSync(run.dir).sort(), [...before, "dense.safetensors"].sort());
  });

  it("are an error that names the file where they are damaged, by length or by a single bit", async () => {
    const run = await newRun();
    writeDenseWeights(run, weights(1));
    const file = join(run.dir, "dense.safetensors");
    const whole = readFileSync(file);
    for (const damage of [
      () => truncateSync(file, whole.length - 1),
      () => writeFileSync(file, Buffer.from(whole).fill((whole.at(-1) ?? 0) ^ 1, whole.length - 1)),
      () => writeFileSync(file, ""),
    ]) {
      damage();
      assert.throws(
        () => readDenseWeights(run),
        (error) => error instanceof WhittleError && error.message.includes(file),
      );
    }
  });

  it("stay as they were when new ones cannot be written", async () => {
    const run = await newRun();
    writeDenseWeights(run, weights(1));
    mkdirSync(join(run.dir, "dense.safetensors.tmp"));
    assert.throws(() => writeDenseWeights(run, weights(2)), WhittleError);
    assert.deepEqual(readDenseWeights(run), weights(1));
  });
});
