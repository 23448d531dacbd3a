/**
 * Tensors and resident memory over 2,000 (or more) steps of LeNet-300-100 on the embedded digits, sampled ten times:
 *
 *   npm run bench -- memory [native|wasm] [steps]
 */

import { openData } from "../src/data/open.ts";
import { loadEngine } from "../src/engine/load.ts";
import { loadDefinition } from "../src/models/load.ts";
import { resolveSettings } from "../src/models/settings.ts";
import { runLoop } from "../src/trainer/loop.ts";
import { benchNetwork } from "./benchNetwork.ts";

const STEPS = Number(process.argv[3] ?? 2000);
const EVERY = STEPS / 10;

const wish = process.argv[2] === "wasm" ? "wasm" : "native";
const engine = await loadEngine(wish);
const { tf } = engine;
const file = new URL("../examples/lenet300.model.ts", import.meta.url).pathname;
const definition = await loadDefinition(tf, file, "lenet300");
const settings = resolveSettings(definition.settings, { seed: 0 });
const data = await openData(settings.data, { validationSplit: settings.validationSplit, seed: settings.seed });
const model = await definition.build();
const network = benchNetwork(engine, model, data.xShape);

console.log(`engine ${wish}, batch ${settings.batchSize}\n\n| step | tensors | resident MiB |\n| --- | --- | --- |`);
let steps = 0;
await runLoop(
  { tf, network, data, settings, resumeFrom: undefined },
  {
    emit: () => undefined,
    save: () => undefined,
    // A clock that lets the loop look outside at every step.
    now: () => 1000 * performance.now(),
    async breathe() {
      if (steps % EVERY === 0) {
        const resident = Math.round(process.memoryUsage().rss / 2 ** 20);
        console.log(`| ${steps} | ${tf.memory().numTensors} | ${resident} |`);
      }
      return steps++ < STEPS ? "go on" : "stop";
    },
  },
);
process.exit(0);
