import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createRandom, permutation, withSeededMathRandom } from "../../../src/data/random.ts";
import { isStreamed } from "../../../src/data/types.ts";
import { createRunner, type Verdict } from "../../../src/engine/graph/runner.ts";
import type { DataFunction } from "../../../src/models/experiment.ts";
import { loadDefinition } from "../../../src/models/load.ts";
import { resolveSettings } from "../../../src/models/settings.ts";
import { createTask } from "../../../src/models/task.ts";
import { createUpdate } from "../../../src/pruning/update.ts";
import { createNetwork } from "../../../src/trainer/network.ts";
import { provideData } from "../../../src/trainer/provideData.ts";
import { createTrainingStep } from "../../../src/trainer/trainingStep.ts";
import { bitsOf, describeNative } from "../engine/graph/nativeSuite.ts";

const FOLDER = resolve(import.meta.dirname, "../../../examples");
/** WHITTLE_STEPS=300 for a thorough run. */
const STEPS = Number(process.env["WHITTLE_STEPS"] ?? 90);
interface Shorter {
  readonly steps?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
}
/** Where a step takes long, or learning begins late, by what is trained on. */
const SHORTER: Readonly<Record<string, Shorter>> = {
  cifar10: { steps: STEPS / 3, batchSize: 16 },
  text: { steps: STEPS / 3, batchSize: 4 },
  labelled: { learningRate: 0.03 },
  phrases: { steps: STEPS / 3, batchSize: 8 },
};

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

/** Some of what the examples for texts of one's own learn from. */
const LETTERS = Array.from({ length: 400 }, (_, at) => `the ${["cat", "dog", "bird"][at % 3]} sat on line ${at} .\n`);

describeNative("every example, as a graph", (engine) => {
  const folder = mkdtempSync(join(tmpdir(), "whittle-examples-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** What an example is trained on here, as far as a user has to fetch it otherwise. */
  const substitute = (data: string): string | DataFunction => {
    if (data.startsWith("cifar10:")) return () => drawPictures(320);
    if (!data.startsWith("text:")) return data;
    const file = join(folder, "letters.txt");
    writeFileSync(file, LETTERS.join(""));
    return `text:${file}`;
  };

  const train = async (file: string, isGraph: boolean) => {
    const started = engine();
    const { tf } = started;
    const modelFile = join(FOLDER, file);
    const loaded = await loadDefinition(tf, modelFile, "default");
    const own = resolveSettings(loaded.settings, {});
    const drawn = substitute(own.data);
    const definition = typeof drawn === "function" ? { ...loaded, data: drawn } : loaded;
    const settings = { ...own, data: typeof drawn === "function" ? "custom" : drawn };
    const { seed, optimizer, pruning } = settings;
    const shorter = SHORTER[own.data.replace(/:.*/s, "")];
    const { steps = STEPS, batchSize = settings.batchSize, learningRate = optimizer.learningRate } = shorter ?? {};
    const model = await withSeededMathRandom(createRandom(seed, "init"), () => definition.build(settings.args));
    const data = await provideData(tf, definition, model, settings, modelFile, () => undefined);
    assert.ok(!isStreamed(data));
    const verdicts: Verdict[] = [];
    const runner = createRunner(tf, {
      maker: isGraph ? started.graphs : undefined,
      onVerdict: (verdict) => verdicts.push(verdict),
    });
    const network = createNetwork(tf, {
      ...createTask(tf, model, data, settings, definition, undefined),
      model,
      layers: settings.pruning.layers,
      generation: { ...settings.generation, examples: 20, length: 8 },
      runner,
      engine: started,
    });
    const update = createUpdate(tf, network.parameters, settings);
    const step = createTrainingStep(tf, network, update);
    const before = network.evaluate(data, data.validation);
    let learned = before;
    const stepsPerEpoch = Math.floor(data.train.count / batchSize);
    for (let index = 0; index < steps; index++) {
      const epoch = Math.floor(index / stepsPerEpoch);
      const drawnOrder = permutation(data.train.count, createRandom(seed, "shuffle", epoch));
      const order = network.batches.arrange(data, drawnOrder, batchSize, createRandom(seed, "batches", epoch));
      // Dense at first; then regularized, later with half of the weights pruned.
      if (index === 2 * (steps / 3)) {
        learned = network.evaluate(data, data.validation);
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
        learningRate,
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
    return { bits, before, learned, scores, verdicts };
  };

  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".model.ts"))) {
    it(`${file} has the same bits after many steps as operation by operation`, async () => {
      const graph = await train(file, true);
      assert.ok(
        graph.verdicts.length > 0 && graph.verdicts.every(({ difference }) => difference === 0),
        JSON.stringify(graph.verdicts),
      );
      const eager = await train(file, false);
      assert.deepEqual(eager.verdicts, []);
      assert.deepEqual(graph.bits, eager.bits);
      assert.deepEqual(graph.scores, eager.scores);
      // Before half of the weights went, or after.
      const { before, learned, scores } = graph;
      assert.ok(
        Math.min(learned.loss, scores.loss) < before.loss,
        `it has learned: ${JSON.stringify({ before, learned, scores })}`,
      );
    });
  }
});
