/**
 * Resident memory while a data set is trained on that is made on the fly and never in memory: pictures of 224×224×3 numbers, one
 * epoch, of which the network costs next to nothing:
 *
 *   npm run bench -- stream [native|wasm] [gigabytes]
 */

import { openGiven } from "../src/data/given/given.ts";
import { createRandom } from "../src/data/random.ts";
import { loadEngine } from "../src/engine/load.ts";
import { resolveSettings } from "../src/models/settings.ts";
import { runLoop } from "../src/trainer/loop.ts";
import { benchNetwork } from "./benchNetwork.ts";

const SHAPE = [224, 224, 3];
const SIZE = 224 * 224 * 3;
const CLASSES = 6;
const POINTS = 10;

const wish = process.argv[2] === "wasm" ? "wasm" : "native";
const gigabytes = Number(process.argv[3] ?? 20);
const count = Math.round((gigabytes * 1e9) / (4 * SIZE));

const engine = await loadEngine(wish);
const { tf } = engine;

/** Noise, in which each class has its own brightness of the three colours. */
const noises = Array.from({ length: CLASSES }, (_, id) => {
  const random = createRandom("noise", id);
  return Float32Array.from({ length: 2 * SIZE }, (_, at) => random.next() + (at % 3 === id % 3 ? 0.1 + id / 20 : 0));
});

let made = 0;
/** Each is a part of the noise, copied. */
function* pictures(many: number, ...keys: (number | string)[]) {
  const random = createRandom(...keys);
  for (let at = 0; at < many; at++) {
    const y = Math.floor(random.next() * CLASSES);
    const from = 3 * Math.floor((random.next() * SIZE) / 3);
    made += 1;
    yield { x: tf.tensor(noises[y]?.slice(from, from + SIZE) ?? [], SHAPE), y };
  }
}

const settings = resolveSettings(
  {},
  { seed: 0, epochs: 1, batchSize: 32, optimizer: { name: "adam", learningRate: 0.01 }, pruning: { maxEpochs: 0 } },
);
const data = await openGiven(
  "pictures",
  {
    train: ({ epoch, seed }: { readonly epoch: number; readonly seed: number }) => pictures(count, seed, epoch),
    count,
    validation: pictures(120, "validation"),
    test: pictures(120, "test"),
  },
  { validationSplit: 0.1, seed: settings.seed, exampleRank: SHAPE.length },
);

const model = tf.sequential({
  layers: [
    tf.layers.globalAveragePooling2d({ inputShape: SHAPE }),
    tf.layers.dense({ units: 16, activation: "relu" }),
    tf.layers.dense({ units: CLASSES }),
  ],
});
const network = benchNetwork(engine, model, SHAPE);

console.log(
  `engine ${wish}, ${count} pictures of ${SHAPE.join("×")} float32\n\n| pictures made | GB | resident MiB | pictures a second |\n| ---: | ---: | ---: | ---: |`,
);
const start = performance.now();
let next = 0;
let peak = 0;
made = 0;
const end = await runLoop(
  { tf, network, data, settings, resumeFrom: undefined },
  {
    emit: () => undefined,
    save: () => undefined,
    // A clock that lets the loop look outside at every step.
    now: () => 1000 * performance.now(),
    async breathe() {
      const resident = Math.round(process.memoryUsage.rss() / 2 ** 20);
      peak = Math.max(peak, resident);
      if (made >= next) {
        const rate = (1000 * made) / (performance.now() - start);
        console.log(`| ${made} | ${((made * 4 * SIZE) / 1e9).toFixed(1)} | ${resident} | ${rate.toFixed(0)} |`);
        next += count / POINTS;
      }
      return "go on";
    },
  },
);
const seconds = (performance.now() - start) / 1000;
console.log(
  `\n${((count * 4 * SIZE) / 1e9).toFixed(1)} GB in ${seconds.toFixed(0)} s, at most ${peak} MiB; accuracy ${end.test.metric.toFixed(3)}`,
);
process.exit(0);
