/**
 * Tensors and resident memory over 2,000 (or more) steps of LeNet-300-100 on the embedded digits, sampled ten times:
 *
 *   npm run bench -- memory [native|wasm] [steps]
 */

import { openData } from "../src/data/open.ts";
import { createRunner } from "../src/engine/graph/runner.ts";
import { loadEngine } from "../src/engine/load.ts";
import { loadDefinition } from "../src/models/load.ts";
import { createMetrics } from "../src/models/metrics.ts";
import { createObjective } from "../src/models/objective.ts";
import { resolveSettings } from "../src/models/settings.ts";
import { runLoop } from "../src/trainer/loop.ts";
import { createNetwork } from "../src/trainer/network.ts";

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
const [metric] = createMetrics(tf, settings.metrics);
if (metric === undefined) throw new Error("no metric");
const network = createNetwork(tf, {
  model,
  objective: createObjective(tf, model, settings.loss),
  metric,
  inputShape: data.xShape,
  layers: settings.pruning.layers,
  engine,
  runner: createRunner(tf, { maker: engine.graphs }),
});

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
