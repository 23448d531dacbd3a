/**
 * What checkpoints cost a dense model of 41 million weights (784 → 6000 → 6000 → 10, Adam) in a minute or more of training:
 *
 *   npm run bench -- checkpoints [native|wasm] [seconds]
 */

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openData } from "../src/data/open.ts";
import { loadEngine } from "../src/engine/load.ts";
import { resolveSettings } from "../src/models/settings.ts";
import { writeCheckpoint } from "../src/runs/checkpoint/checkpoint.ts";
import { runLoop } from "../src/trainer/loop.ts";
import { benchNetwork } from "./benchNetwork.ts";

const SECONDS = Number(process.argv[3] ?? 90);
const UNITS = 6000;

const engine = await loadEngine(process.argv[2] === "wasm" ? "wasm" : "native");
const { tf } = engine;
const settings = resolveSettings({}, { seed: 0, epochs: 1000, pruning: { maxEpochs: 0 } });
const data = await openData("digits", { validationSplit: settings.validationSplit, seed: settings.seed });
const model = tf.sequential({
  layers: [
    tf.layers.flatten({ inputShape: [28, 28, 1] }),
    tf.layers.dense({ units: UNITS, activation: "relu" }),
    tf.layers.dense({ units: UNITS, activation: "relu" }),
    tf.layers.dense({ units: 10, activation: "softmax" }),
  ],
});
const network = benchNetwork(engine, model, [28, 28, 1]);

const dir = mkdtempSync(join(tmpdir(), "whittle-checkpoints-"));
const run = { dir, id: "bench" };
const saves: number[] = [];
let largest = 0;
let steps = 0;
let peak = 0;
const start = performance.now();
try {
  await runLoop(
    { tf, network, data, settings, resumeFrom: undefined },
    {
      emit: () => undefined,
      save(state, tensors) {
        const before = performance.now();
        const file = writeCheckpoint(run, { seq: saves.length + 1, state, tensors });
        saves.push(performance.now() - before);
        largest = Math.max(largest, statSync(join(dir, file)).size);
      },
      now: () => performance.now(),
      async breathe() {
        steps += 1;
        peak = Math.max(peak, process.memoryUsage.rss());
        return performance.now() - start > SECONDS * 1000 ? "stop" : "go on";
      },
    },
  );
} finally {
  rmSync(dir, { recursive: true });
}
// The first and the last one are written whatever they cost.
const periodic = saves.slice(1, -1);
const stopped = periodic.reduce((sum, ms) => sum + ms, 0);
const total = performance.now() - start;
console.log(`| seconds | steps | periodic checkpoints | writing one | share of the time | largest file | most memory |
| --- | --- | --- | --- | --- | --- | --- |
| ${(total / 1000).toFixed(0)} | ${steps} | ${periodic.length} | ${(stopped / Math.max(1, periodic.length) / 1000).toFixed(1)} s | ${((100 * stopped) / total).toFixed(1)} % | ${(largest / 1e9).toFixed(2)} GB | ${(peak / 1e9).toFixed(1)} GB |`);
