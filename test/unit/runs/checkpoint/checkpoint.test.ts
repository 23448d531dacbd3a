import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import {
  type Checkpoint,
  readLatestCheckpoint,
  saveCheckpoint,
  writeCheckpoint,
} from "../../../../src/runs/checkpoint/checkpoint.ts";
import { createRun } from "../../../../src/runs/record/store.ts";
import { samplePlan, useFolder } from "../record/sampleRuns.ts";

function checkpointAt(seq: number): Checkpoint {
  const tensors = new Map([
    ["dense/kernel", { shape: [2, 2], values: Float32Array.of(seq, -0, Number.NaN, 1e-45) }],
    ["2", { shape: [], values: Float32Array.of(seq) }],
    ["1", { shape: [0, 5], values: new Float32Array(0) }],
  ]);
  return { seq, state: { random: [1, 2 ** 32 - 1], text: "ü", nested: { seq } }, tensors };
}

describe("checkpoints", () => {
  const folder = useFolder();
  const newRun = () => createRun(folder(), samplePlan, "c");

  it("come back as they were written, the newest one", async () => {
    const run = await newRun();
    assert.equal(readLatestCheckpoint(run), undefined);
    assert.equal(writeCheckpoint(run, checkpointAt(9)), "checkpoints/9.safetensors");
    writeCheckpoint(run, checkpointAt(10));
    assert.deepEqual(readLatestCheckpoint(run), checkpointAt(10));
  });

  it("are kept twice, and leave nothing else behind", async () => {
    const run = await newRun();
    mkdirSync(join(run.dir, "checkpoints"));
    writeFileSync(join(run.dir, "checkpoints", "8.safetensors.tmp"), "left by a killed process");
    for (const seq of [9, 10, 11, 100]) {
      writeCheckpoint(run, checkpointAt(seq));
    }
    assert.deepEqual(readdirSync(join(run.dir, "checkpoints")).sort(), ["100.safetensors", "11.safetensors"]);
  });

  it("that the user saved stay, and are no part of what a run resumes from", async () => {
    const run = await newRun();
    assert.equal(saveCheckpoint(run, checkpointAt(7)), "saved/7.safetensors");
    for (const seq of [9, 10, 11]) {
      writeCheckpoint(run, checkpointAt(seq));
    }
    assert.deepEqual(readdirSync(join(run.dir, "saved")), ["7.safetensors"]);
    assert.equal(readLatestCheckpoint(run)?.seq, 11);
  });

  it("fall back to the one before when the newest is damaged, by length or by a single bit", async () => {
    const run = await newRun();
    writeCheckpoint(run, checkpointAt(5));
    const file = join(run.dir, writeCheckpoint(run, checkpointAt(6)));
    const whole = readFileSync(file);
    for (const damage of [
      () => truncateSync(file, whole.length - 1),
      () =>
        writeFileSync(
          file,
          whole.map((byte, at) => (at === whole.length - 1 ? byte ^ 1 : byte)),
        ),
      () => writeFileSync(file, Buffer.alloc(whole.length)),
      () => writeFileSync(file, ""),
    ]) {
      damage();
      assert.equal(readLatestCheckpoint(run)?.seq, 5);
    }
    // A later checkpoint takes the place of the damaged one.
    writeCheckpoint(run, checkpointAt(7));
    assert.equal(readLatestCheckpoint(run)?.seq, 7);
  });

  it("are an error when there are some and none is whole", async () => {
    const run = await newRun();
    const file = join(run.dir, writeCheckpoint(run, checkpointAt(5)));
    truncateSync(file, 20);
    assert.throws(
      () => readLatestCheckpoint(run),
      (error) => error instanceof WhittleError && error.message.includes(file) && error.remedy !== "",
    );
  });

  it("do not bring back a run folder that was deleted", async () => {
    const run = await newRun();
    rmSync(run.dir, { recursive: true });
    assert.throws(() => writeCheckpoint(run, checkpointAt(5)), WhittleError);
    assert.equal(existsSync(run.dir), false);
  });

  it("name the file when they cannot be written", async () => {
    const run = await newRun();
    writeFileSync(join(run.dir, "checkpoints"), "a file in the way");
    assert.throws(
      () => writeCheckpoint(run, checkpointAt(5)),
      (error) => error instanceof WhittleError && error.message.includes("5.safetensors"),
    );
  });
});
