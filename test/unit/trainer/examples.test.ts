import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { readGiven } from "../../../src/data/given/given.ts";
import { withInputsAsTargets } from "../../../src/data/inputsAsTargets.ts";
import { openData } from "../../../src/data/open.ts";
import {
  createRandom,
  permutation,
  withSeededMathRandom,
  withSeededMathRandomWhile,
} from "../../../src/data/random.ts";
import { isStreamed } from "../../../src/data/types.ts";
import { createRunner, type Verdict } from "../../../src/engine/graph/runner.ts";
import { checkModel } from "../../../src/models/check.ts";
import { loadDefinition } from "../../../src/models/load.ts";
import { createMetrics } from "../../../src/models/metrics.ts";
import { createObjective } from "../../../src/models/objective.ts";
import { resolveSettings } from "../../../src/models/settings.ts";
import { createUpdate } from "../../../src/pruning/update.ts";
import { createNetwork } from "../../../src/trainer/network.ts";
import { createTrainingStep } from "../../../src/trainer/trainingStep.ts";
import { bitsOf, describeNative } from "../engine/graph/nativeSuite.ts";

const FOLDER = resolve(import.meta.dirname, "../../../examples");
const STEPS = 300;
/** Where a step takes long, and data that are told apart at once. */
const FEW = { steps: 30, batchSize: 16 };

/** In the place of data that a user has to fetch: the brightest of ten rows of pixels says the class. */
function drawPictures(count: number): { x: number[][][][]; y: number[] } {
  const random = createRandom("pictures");
  const y = Array.from({ length: count }, (_, at) => at % 10);
  const x = y.map((shown) =>
    Array.from({ length: 32 }, (_, row) =>
      Array.from({ length: 32 }, () => Array.from({ length: 3 }, () => random.next() / 4 + Number(row === 3 * shown))),
    ),
  );
  return { x, y };
}

describeNative("every example, as a graph", (engine) => {
  const train = async (file: string, isGraph: boolean) => {
    const started = engine();
    const { tf } = started;
    const definition = await loadDefinition(tf, join(FOLDER, file), "default");
    const settings = resolveSettings(definition.settings, {});
    const isFetched = settings.data.startsWith("cifar10:");
    const { seed, optimizer, pruning } = settings;
    const { steps, batchSize } = isFetched ? FEW : { steps: STEPS, batchSize: settings.batchSize };
    const options = {
      validationSplit: settings.validationSplit,
      seed,
      wantsValues: settings.loss === "meanSquaredError",
    };
    const opened = await withSeededMathRandomWhile(createRandom(seed, "data"), async () =>
      isFetched
        ? readGiven("pictures", drawPictures(320), options)
        : definition.data === undefined
          ? openData(settings.data, options)
          : readGiven(settings.data, await definition.data(), { ...options, exampleRank: 1 }),
    );
    const data = settings.targets === "inputs" ? withInputsAsTargets(opened) : opened;
    assert.ok(!isStreamed(data));
    const model = await withSeededMathRandom(createRandom(seed, "init"), () => definition.build());
    const verdicts: Verdict[] = [];
    const runner = createRunner(tf, {
      maker: isGraph ? started.graphs : undefined,
      onVerdict: (verdict) => verdicts.push(verdict),
    });
    const [metric] = createMetrics(tf, settings.metrics);
    assert.ok(metric !== undefined);
    const network = createNetwork(tf, {
      model,
      objective: createObjective(tf, model, settings.loss, definition.loss),
      metric,
      inputShape: checkModel(model, data, settings.loss).inputShape,
      layers: settings.pruning.layers,
      runner,
      engine: started,
    });
    const update = createUpdate(tf, network.parameters, settings);
    const step = createTrainingStep(tf, network, update);
    const before = network.evaluate(data, data.validation);
    const stepsPerEpoch = Math.floor(data.train.count / batchSize);
    for (let index = 0; index < steps; index++) {
      const epoch = Math.floor(index / stepsPerEpoch);
      const order = permutation(data.train.count, createRandom(seed, "shuffle", epoch));
      // Dense at first; then regularized, later with half of the weights pruned.
      if (index === 2 * (steps / 3)) {
        for (const { name, variable, prunable } of network.parameters) {
          if (prunable)
            update.setMask(
              name,
              Float32Array.from({ length: variable.size }, (_, at) => at % 2),
            );
        }
      }
      const from = (index % stepsPerEpoch) * batchSize;
      const batch = network.batches.training(data, order, from, from + batchSize);
      const strength = index < steps / 3 ? null : pruning.lambda;
      step.run({
        batches: [batch],
        learningRate: optimizer.learningRate,
        strength,
        seed: [seed, "step", epoch, index],
      });
      batch.dispose();
    }
    const scores = network.evaluate(data, data.validation);
    const bits = [...network.weights.values(), ...update.state.values()].map(bitsOf);
    update.dispose();
    runner.dispose();
    network.dispose();
    return { bits, before, scores, verdicts };
  };

  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".model.ts"))) {
    it(`${file} has the same bits after many steps as operation by operation`, async function () {
      this.timeout(120_000);
      const graph = await train(file, true);
      assert.ok(
        graph.verdicts.length > 0 && graph.verdicts.every(({ difference }) => difference === 0),
        JSON.stringify(graph.verdicts),
      );
      const eager = await train(file, false);
      assert.deepEqual(eager.verdicts, []);
      assert.deepEqual(graph.bits, eager.bits);
      assert.deepEqual(graph.scores, eager.scores);
      assert.ok(graph.scores.loss < graph.before.loss, `it has learned: ${JSON.stringify(graph)}`);
    });
  }
});
