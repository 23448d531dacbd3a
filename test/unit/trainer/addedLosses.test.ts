/** Terms that layers add to the loss: a variational autoencoder's divergence, and those of a user's own layer. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { createRandom, withSeededMathRandom } from "../../../src/data/random.ts";
import { createMetrics } from "../../../src/models/metrics.ts";
import { createModelLayers } from "../../../src/models/modelLayers/index.ts";
import { createObjective } from "../../../src/models/objective.ts";
import { createNetwork } from "../../../src/trainer/network.ts";

const X = [
  [0.5, -1],
  [1.5, 0.25],
  [-0.75, 2],
];
const MEAN = [
  [0.3, -0.6],
  [1, 0.2],
];
const LOG_VARIANCE = [
  [-0.4, 0.8],
  [0.5, 0.1],
];
const BETA = 0.7;

const product = (kernel: readonly (readonly number[])[]) =>
  X.map((row) => [0, 1].map((unit) => row.reduce((sum, x, at) => sum + x * (kernel[at]?.[unit] ?? 0), 0)));
const [MU, LV] = [product(MEAN), product(LOG_VARIANCE)];

const divergenceByHand =
  (BETA / X.length) *
  MU.flatMap((row, n) => row.map((mu, at) => [mu, LV[n]?.[at] ?? 0] as const)).reduce(
    (sum, [mu, lv]) => sum - 0.5 * (1 + lv - mu * mu - Math.exp(lv)),
    0,
  );

/** Xᵀ · d, of the slopes of each example. */
const kernelGradient = (slopes: readonly (readonly number[])[]) =>
  [0, 1].map((input) =>
    [0, 1].map((unit) => X.reduce((sum, row, n) => sum + (row[input] ?? 0) * (slopes[n]?.[unit] ?? 0), 0)),
  );

const near = (found: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void => {
  assert.equal(found.length, expected.length);
  for (const [at, value] of Array.from(found).entries()) {
    assert.ok(Math.abs(value - (expected[at] ?? Number.NaN)) <= tolerance, `${value}, expected ${expected[at]}`);
  }
};

/** With a data term that is always 0. @param use what becomes of [mean, log variance] */
function networkOf(use: (both: tf.SymbolicTensor[]) => tf.SymbolicTensor) {
  const input = tf.input({ shape: [2] });
  const heads = [MEAN, LOG_VARIANCE].map(
    (kernel) =>
      tf.layers.dense({ units: 2, useBias: false, weights: [tf.tensor2d(kernel)] }).apply(input) as tf.SymbolicTensor,
  );
  const model = tf.model({ inputs: input, outputs: use(heads) });
  const [metric] = createMetrics(tf, ["meanSquaredError"]);
  assert.ok(metric !== undefined);
  const objective = createObjective(tf, model, "custom", (_yTrue, yPred) => tf.mul(tf.mean(yPred), 0));
  const network = createNetwork(tf, { model, objective, metric, inputShape: [2], layers: ["**"] });
  const differentiate = () =>
    tf.tidy(() => {
      const examples = { x: tf.tensor2d(X), y: tf.zeros([3, 2]) };
      const { loss, gradients } = network.differentiate(examples, tf.tensor1d([1], "int32"));
      return { loss: loss.dataSync()[0] ?? Number.NaN, gradients: gradients.map((one) => [...one.dataSync()]) };
    });
  return { network, differentiate };
}

describe("terms that layers add to the loss", () => {
  const layers = createModelLayers(tf);
  before(() => tf.setBackend("cpu"));
  afterEach(() => tf.disposeVariables());

  const sampling = (beta = BETA) => layers.gaussianSampling({ beta });
  const scaled = (values: readonly (readonly number[])[], slope: (value: number) => number) =>
    values.map((row) => row.map((value) => (BETA / X.length) * slope(value)));

  it("have the divergence from N(0, 1) and its gradient, as by hand", () => {
    const { differentiate } = networkOf((both) => sampling().apply(both) as tf.SymbolicTensor);
    const { loss, gradients } = differentiate();
    near([loss], [divergenceByHand]);
    near(gradients[0] ?? [], kernelGradient(scaled(MU, (mu) => mu)).flat());
    near(gradients[1] ?? [], kernelGradient(scaled(LV, (lv) => (Math.exp(lv) - 1) / 2)).flat());
  });

  it("count every use of a layer, and leave nothing for the next step", () => {
    const shared = sampling();
    const { differentiate } = networkOf(
      (both) => tf.layers.add().apply([0, 1].map(() => shared.apply(both) as tf.SymbolicTensor)) as tf.SymbolicTensor,
    );
    near([differentiate().loss], [2 * divergenceByHand]);
    const before = tf.memory().numTensors;
    near([differentiate().loss], [2 * divergenceByHand]);
    assert.equal(tf.memory().numTensors, before);
  });

  it("are in training only: a split is scored by the mean, without them", () => {
    const { network } = networkOf((both) => sampling().apply(both) as tf.SymbolicTensor);
    const split = { count: 3, x: Float32Array.from(X.flat()), y: Float32Array.from(MU.flat()) };
    const data = {
      ...{ spec: "", sha256: "", xShape: [2], yShape: [2], scale: 1, offset: 0 },
      ...{ train: split, validation: split, test: split },
    };
    const { loss, metric } = network.evaluate(data, split);
    near([loss, metric], [0, 0]);
  });

  it("may be of a layer of one's own, of what it saw", () => {
    class Activity extends tf.layers.Layer {
      static readonly className = "Activity";
      private seen: tf.Scalar | undefined;
      constructor() {
        super({});
        this.addLoss(() => this.seen ?? tf.scalar(0));
      }
      override computeOutputShape(shape: tf.Shape): tf.Shape {
        return shape;
      }
      override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Record<string, unknown>): tf.Tensor {
        const [x] = [inputs].flat() as [tf.Tensor];
        if (kwargs["training"] === true) {
          this.seen?.dispose();
          this.seen = tf.keep(tf.tidy(() => tf.sum(tf.square(x))));
        }
        return x;
      }
    }
    const { differentiate } = networkOf(
      ([mean]) => new Activity().apply(mean as tf.SymbolicTensor) as tf.SymbolicTensor,
    );
    const { loss, gradients } = differentiate();
    near([loss], [MU.flat().reduce((sum, mu) => sum + mu * mu, 0)]);
    near(gradients[0] ?? [], kernelGradient(MU.map((row) => row.map((mu) => 2 * mu))).flat(), 1e-4);
  });

  it("come with samples of the Gaussian that is given", () => {
    const count = 20_000;
    const layer = sampling();
    const drawn = withSeededMathRandom(createRandom("sampling"), () =>
      layer.apply([tf.fill([count, 1], 3), tf.fill([count, 1], Math.log(4))], { training: true }),
    ) as tf.Tensor;
    const { mean, variance } = tf.moments(drawn);
    // Within five standard errors.
    near([mean.dataSync()[0] ?? 0], [3], (5 * 2) / Math.sqrt(count));
    near([variance.dataSync()[0] ?? 0], [4], 5 * 4 * Math.sqrt(2 / count));
  });

  it("are saved with their part in the loss, and want two inputs", () => {
    assert.equal(layers.gaussianSampling({ beta: 4 }).getConfig()["beta"], 4);
    assert.throws(() => sampling().apply(tf.zeros([1, 2])), /applied to \[mean, log variance\]/);
  });
});
