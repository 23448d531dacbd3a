import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { createRandom } from "../../../src/data/random.ts";
import type { DataSet, Split } from "../../../src/data/types.ts";
import { createRunner, type Verdict } from "../../../src/engine/graph/runner.ts";
import type { StartedEngine } from "../../../src/engine/start.ts";
import { createMetrics } from "../../../src/models/metrics.ts";
import { createObjective } from "../../../src/models/objective.ts";
import { resolveSettings } from "../../../src/models/settings.ts";
import { createUpdate } from "../../../src/pruning/update.ts";
import { createNetwork } from "../../../src/trainer/network.ts";
import { createTrainingStep } from "../../../src/trainer/trainingStep.ts";
import { bitsOf, describeNative } from "../engine/graph/nativeSuite.ts";

const [COUNT, WIDTH, CLASSES] = [30, 5, 3];
const random = createRandom("sums");
const draw = (length: number, make: () => number) => Array.from({ length }, make);
/** A third of the targets is −1, which can be left out; the first eight are, so that batches of nothing else occur. */
const split: Split = {
  count: COUNT,
  x: Float32Array.from(draw(COUNT * WIDTH, () => random.next() * 2 - 1)),
  y: Int32Array.from(draw(COUNT, () => Math.floor(random.next() * (CLASSES + 1)) - 1)).fill(-1, 0, 8),
};
const data: DataSet = {
  ...{ spec: "", sha256: "", xShape: [WIDTH], yShape: [], classes: CLASSES, scale: 1, offset: 0 },
  ...{ train: split, validation: split, test: split },
};

interface Trained {
  readonly losses: readonly number[];
  readonly tensors: readonly tf.Tensor[];
  readonly irrelevance: readonly (readonly number[])[];
  readonly verdicts: readonly Verdict[];
}

/** Two steps over the first `examples`, in batches of `size`, the last of them looked at. */
function train(
  engine: Pick<StartedEngine, "tf"> & Partial<StartedEngine>,
  {
    size,
    examples = COUNT,
    isGraph = false,
    dropout = 0,
  }: {
    size: number;
    examples?: number;
    isGraph?: boolean;
    dropout?: number;
  },
): Trained {
  const { tf } = engine;
  const layers = [
    tf.layers.dense({ units: 6, inputShape: [WIDTH], activation: "tanh" }),
    ...(dropout > 0 ? [tf.layers.dropout({ rate: dropout })] : []),
    tf.layers.dense({ units: CLASSES, kernelRegularizer: tf.regularizers.l2({ l2: 0.01 }) }),
  ];
  const model = tf.sequential({ layers });
  model.setWeights(model.getWeights().map(({ shape, size: all }) => tf.linspace(-1, 0.9, all).reshape(shape)));
  const verdicts: Verdict[] = [];
  const runner = createRunner(tf, {
    maker: isGraph ? engine.graphs : undefined,
    onVerdict: (verdict) => verdicts.push(verdict),
  });
  const settings = resolveSettings({ optimizer: { name: "momentum" }, pruning: { lambda: 1e-2 } }, {});
  const [metric] = createMetrics(tf, settings.metrics);
  assert.ok(metric !== undefined);
  const objective = createObjective(tf, model, settings.loss);
  const network = createNetwork(tf, {
    ...{ model, objective, metric, inputShape: [WIDTH], layers: ["**"], ignoreTarget: -1, runner },
    engine,
  });
  const update = createUpdate(tf, network.parameters, settings);
  const step = createTrainingStep(tf, network, update);
  const order = Uint32Array.from({ length: examples }, (_, at) => at);
  const request = (seed: number) => ({
    batches: draw(Math.ceil(examples / size), () => 0).map((_, at) =>
      network.batches.training(data, order, at * size, Math.min(examples, (at + 1) * size)),
    ),
    ...{ learningRate: 0.1, strength: 1e-2, seed: [seed] },
  });
  const [one, other] = [request(1), request(2)];
  const first = step.run(one);
  const { loss, irrelevance } = step.runObserved(other);
  for (const batch of [...one.batches, ...other.batches]) batch.dispose();
  const tensors = [...network.weights.values(), ...update.state.values()].map((one) => tf.clone(one));
  step.dispose();
  update.dispose();
  runner.dispose();
  network.dispose();
  return { losses: [first, loss], tensors, irrelevance: [...irrelevance.values()].map((one) => [...one]), verdicts };
}

const near = (found: ArrayLike<number>, expected: ArrayLike<number>): void => {
  assert.equal(found.length, expected.length);
  for (const [at, value] of Array.from(found).entries()) {
    assert.ok(Math.abs(value - (expected[at] ?? Number.NaN)) <= 2e-5, `${value}, expected ${expected[at]}`);
  }
};

describe("a step of several batches", () => {
  before(() => tf.setBackend("cpu"));
  afterEach(() => tf.disposeVariables());

  it("is the step of one large batch, in weights, loss and irrelevance, whatever of it counts", () => {
    const sizes = fc.record({ size: fc.integer({ min: 1, max: 16 }), examples: fc.integer({ min: 9, max: COUNT }) });
    fc.assert(
      fc.property(sizes, ({ size, examples }) => {
        const several = train({ tf }, { size, examples });
        const one = train({ tf }, { size: examples, examples });
        near(several.losses, one.losses);
        for (const [at, tensor] of several.tensors.entries())
          near(tensor.dataSync(), one.tensors[at]?.dataSync() ?? []);
        assert.ok(several.irrelevance.length > 0);
        for (const [at, values] of several.irrelevance.entries()) near(values, one.irrelevance[at] ?? []);
      }),
      { seed: 8, numRuns: 25 },
    );
  });

  it("leaves no tensors behind", () => {
    const before = tf.memory().numTensors;
    const { tensors } = train({ tf }, { size: 7 });
    tf.dispose([...tensors]);
    const once = tf.memory().numTensors - before;
    const again = train({ tf }, { size: 3 });
    tf.dispose([...again.tensors]);
    assert.equal(tf.memory().numTensors - before, 2 * once, "what the test itself makes, and no more for more batches");
  });
});

describeNative("a step of several batches as a graph", (engine) => {
  it("has the bits of operation by operation, with dropout as well", () => {
    const options = { size: 7, dropout: 0.3 };
    const graph = train(engine(), { ...options, isGraph: true });
    const eager = train(engine(), options);
    assert.deepEqual(
      graph.verdicts.map(({ difference }) => difference),
      [0, 0, 0],
      "whole batches, the rest, the update",
    );
    assert.deepEqual(graph.losses, eager.losses);
    assert.deepEqual(graph.tensors.map(bitsOf), eager.tensors.map(bitsOf));
    assert.deepEqual(graph.irrelevance, eager.irrelevance);
  });
});
