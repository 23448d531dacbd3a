/**
 * A folder of images that is decoded anew in each epoch, beside the same images held in memory, and beside decoding alone:
 *
 *   npm run bench -- images [native|wasm] [images]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import jpeg from "jpeg-js";
import { openImages } from "../src/data/formats/images.ts";
import { decodeInThreads } from "../src/data/images/decodeInThreads.ts";
import { decodeAll } from "../src/data/images/decodeTask.ts";
import { createRandom } from "../src/data/random.ts";
import type { AnyDataSet } from "../src/data/types.ts";
import { loadEngine } from "../src/engine/load.ts";
import { resolveSettings } from "../src/models/settings.ts";
import { runLoop } from "../src/trainer/loop.ts";
import { benchNetwork } from "./benchNetwork.ts";

const SIDE = 224;
const SHAPE = [SIDE, SIDE, 3];
const FORM = { height: SIDE, width: SIDE, channels: 3 } as const;
const CLASSES = 2;
const EPOCHS = 2;
/** Of the training images. */
const HELD_OUT = 0.1;

const wish = process.argv[2] === "wasm" ? "wasm" : "native";
const count = Number(process.argv[3] ?? 1000);

/** Spots of light, of another colour in each class, as JPEG of quality 90. */
function picture(at: number): Uint8Array {
  const random = createRandom("picture", at);
  const data = Buffer.alloc(4 * SIDE * SIDE, 255);
  const spots = Array.from({ length: 5 }, () => [random.next() * SIDE, random.next() * SIDE, 10 + 40 * random.next()]);
  for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
    const [row, column] = [Math.floor(pixel / SIDE), pixel % SIDE];
    let light = 0;
    for (const [y = 0, x = 0, width = 1] of spots) {
      light += Math.exp(-((row - y) ** 2 + (column - x) ** 2) / width ** 2);
    }
    for (let channel = 0; channel < 3; channel++) {
      const own = channel === at % CLASSES ? 140 : 90;
      data[4 * pixel + channel] = Math.min(255, own * light + 30 * random.next());
    }
  }
  return jpeg.encode({ data, width: SIDE, height: SIDE }, 90).data;
}

async function secondsOf(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

const folder = mkdtempSync(join(tmpdir(), "whittle-bench-images-"));
try {
  const files: string[] = [];
  for (const split of ["train", "validation", "test"]) {
    for (let at = 0; at < (split === "train" ? count : count * HELD_OUT); at++) {
      const own = join(folder, split, String(at % CLASSES));
      mkdirSync(own, { recursive: true });
      const file = join(own, `${at}.jpg`);
      writeFileSync(file, picture(files.length));
      if (split === "train") files.push(file);
    }
  }
  const engine = await loadEngine(wish);
  const settings = resolveSettings(
    {},
    { seed: 0, epochs: EPOCHS, batchSize: 32, optimizer: { learningRate: 0.01 }, pruning: { maxEpochs: 0 } },
  );
  const train = async (data: AnyDataSet): Promise<number> => {
    const { tf } = engine;
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: SHAPE, filters: 16, kernelSize: 3, strides: 2, activation: "relu" }),
        tf.layers.conv2d({ filters: 32, kernelSize: 3, strides: 2, activation: "relu" }),
        tf.layers.conv2d({ filters: 64, kernelSize: 3, strides: 2, activation: "relu" }),
        tf.layers.globalAveragePooling2d({}),
        tf.layers.dense({ units: CLASSES }),
      ],
    });
    const network = benchNetwork(engine, model, SHAPE);
    const outside = { emit: () => undefined, save: () => undefined, breathe: async () => "go on" as const };
    return secondsOf(() =>
      runLoop({ tf, network, data, settings, resumeFrom: undefined }, { ...outside, now: () => performance.now() }),
    );
  };
  const options = { validationSplit: HELD_OUT, seed: settings.seed };
  const all = count * SIDE * SIDE * 3;
  const held = await train(await openImages(folder, options));
  const streamed = await train(await openImages(folder, options, all));
  const pixels = new Uint8Array(SIDE * SIDE * 3);
  const inOne = await secondsOf(() => {
    for (const file of files) decodeAll({ files: [file], form: FORM, pixels });
  });
  const inThreads = await secondsOf(async () => {
    for await (const _ of decodeInThreads(files, FORM));
  });
  console.log(`engine ${wish}, ${count} JPEG images of ${SHAPE.join("×")}, ${availableParallelism()} cores\n`);
  console.log("| | seconds an epoch |\n| --- | ---: |");
  for (const [what, seconds] of Object.entries({
    "decoding alone, in this thread": inOne,
    "decoding alone, in threads": inThreads,
    "training on images in memory, evaluation included": held / EPOCHS,
    "training on images decoded in each epoch": streamed / EPOCHS,
  })) {
    console.log(`| ${what} | ${seconds.toFixed(2)} |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
