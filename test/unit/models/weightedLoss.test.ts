/** Weighted and masked losses and their gradients against PyTorch's (test/reference/make_losses.py). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { checkCounting } from "../../../src/models/checkCounting.ts";
import { readCompiled } from "../../../src/models/compiled.ts";
import { countTargets, lossWeights } from "../../../src/models/countTargets.ts";
import type { LossFunction } from "../../../src/models/experiment.ts";
import { createObjective } from "../../../src/models/objective.ts";
import type { LOSS_NAMES } from "../../../src/protocol/settings.ts";
import { describeNative } from "../engine/graph/nativeSuite.ts";

interface Case {
  readonly loss: (typeof LOSS_NAMES)[number];
  readonly outputs: number[];
  readonly targets: number[];
  readonly weights: number[] | null;
  readonly ignoreTarget: number | null;
  readonly labelSmoothing: number;
  readonly value: number;
  readonly gradient: number[];
}

const cases = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../reference/losses.json"), "utf8"),
) as readonly Case[];

const near = (found: tf.Tensor, expected: tf.Tensor): void => {
  assert.deepEqual(found.shape, expected.shape);
  const wanted = expected.dataSync();
  for (const [at, value] of found.dataSync().entries()) {
    assert.ok(Math.abs(value - (wanted[at] ?? 9)) <= 1e-5, `${value}, expected ${wanted[at]}`);
  }
};

function compare(on: typeof tf, one: Case): void {
  const outputs = on.tensor(one.outputs);
  // Ends in a dense layer without activation: the outputs are logits.
  const units = outputs.shape.at(-1) ?? 0;
  const model = on.sequential({ layers: [on.layers.dense({ units, inputShape: outputs.shape.slice(1) })] });
  const objective = createObjective(on, model, one.loss, undefined, one.labelSmoothing);
  const isIds = one.loss === "sparseCategoricalCrossentropy";
  const targets = on.tensor(one.targets, undefined, isIds ? "int32" : "float32");
  const counted = countTargets(
    on,
    targets,
    one.weights === null ? undefined : on.tensor(one.weights),
    one.ignoreTarget ?? undefined,
  );
  const loss = (raw: tf.Tensor): tf.Scalar => objective.loss(counted.y, raw, lossWeights(on, counted));
  near(loss(outputs), on.scalar(one.value));
  near(on.grad(loss)(outputs), on.tensor(one.gradient));
}

const title = ({ loss, weights, ignoreTarget, labelSmoothing, outputs }: Case): string =>
  `${loss} of ${tf.tensor(outputs).rank - 1} axes, ${weights === null ? "no" : `${tf.tensor(weights).rank} axes of`} weights, ignoring ${ignoreTarget}, smoothing ${labelSmoothing}`;

describe("weighted and masked losses", () => {
  before(() => tf.setBackend("cpu"));
  afterEach(() => tf.disposeVariables());

  for (const one of cases) it(`are PyTorch's: ${title(one)}`, () => compare(tf, one));

  it("are 0, with a gradient of 0, where no target counts", () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [3] })] });
    const objective = createObjective(tf, model, "sparseCategoricalCrossentropy");
    const counted = countTargets(tf, tf.tensor1d([-1, -1], "int32"), undefined, -1);
    const loss = (raw: tf.Tensor) => objective.loss(counted.y, raw, lossWeights(tf, counted));
    const raw = tf.tensor2d([
      [1, 2, 3],
      [4, 5, 7],
    ]);
    near(loss(raw), tf.scalar(0));
    near(tf.grad(loss)(raw), tf.zeros([2, 3]));
  });

  it("of one's own get the weights, which give the mean over the targets that count", () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
    const own: LossFunction = (yTrue, yPred, weights) =>
      tf.mean(tf.mul(tf.abs(tf.sub(tf.squeeze(yPred, [1]), yTrue)), weights ?? 1));
    const objective = createObjective(tf, model, "custom", own);
    const counted = countTargets(tf, tf.tensor1d([1, 5, 9], "int32"), undefined, 9);
    near(objective.loss(counted.y, tf.tensor2d([[2], [2], [2]]), lossWeights(tf, counted)), tf.scalar((1 + 3) / 2));
  });

  it("are those of TensorFlow.js's own fit where a model is compiled", async () => {
    const [x, y, w] = [tf.tensor2d([[1], [2], [4]]), tf.tensor2d([[3], [1], [0]]), tf.tensor1d([0.5, 2, 1])];
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1], useBias: false })] });
    model.setWeights([tf.tensor2d([[2]])]);
    model.compile({ optimizer: tf.train.sgd(0), loss: "meanAbsoluteError" });
    const loss = readCompiled(tf, model)?.loss ?? assert.fail("no loss");
    // |2 − 3|, |4 − 1|, |8 − 0|
    near(loss(y, model.apply(x) as tf.Tensor, w), tf.scalar((0.5 * 1 + 2 * 3 + 1 * 8) / 3));
  });

  it("say what they have no numbers for", () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
    const objective = createObjective(tf, model, "categoricalCrossentropy");
    assert.throws(
      () => objective.loss(tf.eye(2), tf.eye(2), tf.ones([2, 2])),
      /values of shape \[2\] for weights of shape \[2,2\]/,
    );
    const data = { spec: "own", xShape: [3], yShape: [2] };
    const custom: LossFunction = (yTrue, yPred) => tf.losses.meanSquaredError(yTrue, yPred);
    const check = (change: object, settings: Partial<Parameters<typeof checkCounting>[2]>) => () =>
      checkCounting(model, { ...data, ...change }, { loss: "custom", ignoreTarget: undefined, custom, ...settings });
    assert.doesNotThrow(check({}, {}));
    assert.doesNotThrow(check({ wShape: [] }, { custom: (yTrue, yPred, w) => tf.mean(tf.mul(yPred, w ?? yTrue)) }));
    assert.throws(check({ wShape: [] }, {}), /does not take their weights/);
    assert.throws(check({ classes: 3 }, { ignoreTarget: 0 }), /does not take their weights/);
    assert.throws(check({}, { ignoreTarget: 0 }), /is of class ids, but "own" has none/);
  });
});

describeNative("weighted and masked losses on the native engine", (engine) => {
  it("are PyTorch's", () => {
    for (const one of cases) compare(engine().tf, one);
  });
});
