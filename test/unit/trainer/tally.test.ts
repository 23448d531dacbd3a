/** Metrics of whole splits against scikit-learn's (test/reference/make_metrics.py), by the way that a run scores them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import type { DataSet, Split } from "../../../src/data/types.ts";
import { createRunner, type Verdict } from "../../../src/engine/graph/runner.ts";
import type { StartedEngine } from "../../../src/engine/start.ts";
import type { Metric } from "../../../src/models/experiment.ts";
import { METRICS } from "../../../src/models/metrics/index.ts";
import { createMetrics } from "../../../src/models/metrics.ts";
import { createObjective } from "../../../src/models/objective.ts";
import { isTextMetric } from "../../../src/models/textMetrics.ts";
import { WhittleError } from "../../../src/protocol/errors.ts";
import type { METRIC_NAMES } from "../../../src/protocol/settings.ts";
import { createNetwork } from "../../../src/trainer/network.ts";
import { createTally } from "../../../src/trainer/tally.ts";
import { describeNative } from "../engine/graph/nativeSuite.ts";

interface Case {
  readonly metric: (typeof METRIC_NAMES)[number];
  /** Class ids, or a row for each example. */
  readonly targets: readonly (number | readonly number[])[];
  readonly outputs: readonly (readonly number[])[];
  readonly weights: readonly number[];
  readonly plain: number;
  readonly weighted: number;
}

const cases = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../reference/metrics.json"), "utf8"),
) as readonly Case[];

/** Of a model that gives out what it is given. */
function evaluate(
  engine: Pick<StartedEngine, "tf"> & Partial<StartedEngine>,
  metric: Metric,
  { targets, outputs }: Pick<Case, "targets" | "outputs">,
  weights?: readonly number[],
): { readonly score: number; readonly verdicts: readonly Verdict[] } {
  const { tf } = engine;
  const width = outputs[0]?.length ?? 0;
  const isIds = typeof targets[0] === "number";
  const y = targets.flat();
  const split: Split = {
    count: outputs.length,
    x: Float32Array.from(outputs.flat()),
    y: isIds ? Int32Array.from(y) : Float32Array.from(y),
    ...(weights === undefined ? {} : { w: Float32Array.from(weights) }),
  };
  const data: DataSet = {
    ...{ spec: "", sha256: "", xShape: [width], yShape: isIds ? [] : [width], scale: 1, offset: 0 },
    ...{ train: split, validation: split, test: split, ...(weights === undefined ? {} : { wShape: [] }) },
  };
  const model = tf.sequential({ layers: [tf.layers.dense({ units: width, inputShape: [width], useBias: false })] });
  model.setWeights([tf.eye(width)]);
  const verdicts: Verdict[] = [];
  const runner = createRunner(tf, { maker: engine.graphs, onVerdict: (verdict) => verdicts.push(verdict) });
  const objective = createObjective(tf, model, "custom", (_yTrue, yPred) => tf.mean(yPred));
  const network = createNetwork(tf, { model, objective, metric, inputShape: [width], layers: ["**"], runner, engine });
  const score = network.evaluate(data, data.validation).metric;
  network.dispose();
  runner.dispose();
  return { score, verdicts };
}

const named = (on: typeof tf, name: Case["metric"]): Metric => {
  const [metric] = createMetrics(on, [name]);
  assert.ok(metric !== undefined && !isTextMetric(metric));
  return metric;
};

const close = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) <= 1e-5 * Math.max(1, Math.abs(expected)), `${found}, expected ${expected}`);

describe("metrics of a whole split", () => {
  before(() => tf.setBackend("cpu"));
  afterEach(() => tf.disposeVariables());

  for (const one of cases) {
    it(`are scikit-learn's: ${one.metric} of ${one.outputs[0]?.length} outputs`, () => {
      close(evaluate({ tf }, named(tf, one.metric), one).score, one.plain);
      close(evaluate({ tf }, named(tf, one.metric), one, one.weights).score, one.weighted);
    });
  }

  it("know nothing of what does not count: a padded class is no class", () => {
    const tally = createTally(tf, named(tf, "f1"));
    const count = tally.start();
    const targets = tf.tensor2d(
      [
        [2, 1, 0],
        [1, 0, 0],
      ],
      [2, 3],
      "int32",
    );
    const right = tf.oneHot(
      tf.tensor2d(
        [
          [2, 1, 1],
          [1, 2, 1],
        ],
        [2, 3],
        "int32",
      ),
      3,
    );
    const mask = tf.tensor2d([
      [1, 1, 0],
      [1, 0, 0],
    ]);
    count.add(tally.read(targets, tf.cast(right, "float32"), mask), 2);
    assert.equal(count.value(), 1);
  });

  it("count an example by the sum of its positions' weights where they have one value for it", () => {
    const metric: Metric = { name: "own", better: "lower", compute: (yTrue) => yTrue };
    const tally = createTally(tf, metric);
    const count = tally.start();
    count.add(
      tally.read(
        tf.tensor1d([1, 4]),
        tf.scalar(0),
        tf.tensor2d([
          [1, 1],
          [0, 1],
        ]),
      ),
      2,
    );
    count.add(tally.read(tf.tensor1d([7]), tf.scalar(0), tf.tensor2d([[0.5, 0.5]])), 1);
    assert.equal(count.value(), (2 * 1 + 4 + 7) / 4);
  });

  it("say which way is better", () => {
    const up = Object.entries(METRICS).flatMap(([name, { better }]) => (better === "higher" ? [name] : []));
    assert.deepEqual(up, [
      "accuracy",
      "top2Accuracy",
      "top3Accuracy",
      "top5Accuracy",
      "top10Accuracy",
      "binaryAccuracy",
      "f1",
      "binaryF1",
      "auc",
      "r2",
    ]);
  });

  it("may be the user's own: the median of an error", () => {
    const outputs = Array.from({ length: 501 }, (_, at) => [at]);
    const metric: Metric = {
      name: "medianError",
      better: "lower",
      compute: (yTrue, yPred) => tf.abs(tf.sub(yTrue, yPred)),
      summarize: ([errors], weights) => {
        assert.deepEqual([weights.length, weights.every((weight) => weight === 1)], [501, true]);
        return errors?.toSorted()[250] ?? Number.NaN;
      },
    };
    assert.equal(evaluate({ tf }, metric, { outputs, targets: outputs.map(() => [0]) }).score, 250);
  });

  it("take two classes by their ids for the area under the curve, and rank by the second", () => {
    const { targets, outputs, plain } = cases.find(({ metric }) => metric === "auc") ?? assert.fail("no case");
    const two = outputs.map(([chance = 0]) => [1 - chance, chance]);
    close(evaluate({ tf }, named(tf, "auc"), { targets: targets.flat(), outputs: two }).score, plain);
  });

  it("count the right classes of every position", () => {
    const positions = tf.tensor3d([
      [
        [0, 1],
        [1, 0],
      ],
      [
        [0, 1],
        [0, 1],
      ],
    ]);
    const rows = named(tf, "f1").compute(
      tf.tensor2d(
        [
          [1, 0],
          [1, 0],
        ],
        [2, 2],
        "int32",
      ),
      positions,
    );
    assert.deepEqual(rows.arraySync(), [
      [
        [1, 1],
        [0, 0],
      ],
      [
        [1, 1],
        [0, 1],
      ],
    ]);
  });

  it("take targets that never differ as scikit-learn does: 1 where all are met, else 0", () => {
    const targets = [[2], [2], [2]];
    const score = (outputs: number[][]) => evaluate({ tf }, named(tf, "r2"), { targets, outputs }).score;
    assert.deepEqual([score(targets), score([[2], [2], [3]])], [1, 0]);
  });

  const refuses = (name: Case["metric"], one: Pick<Case, "targets" | "outputs">, message: RegExp): void => {
    assert.throws(
      () => evaluate({ tf }, named(tf, name), one),
      (error) => error instanceof WhittleError && message.test(`${error.message} ${error.remedy}`),
    );
  };

  it("say what they cannot be computed of", () => {
    refuses("f1", { targets: [[1]], outputs: [[0.5]] }, /f1 compares classes.* binaryF1/);
    refuses(
      "auc",
      {
        targets: [1, 0],
        outputs: [
          [1, 2, 3],
          [1, 2, 3],
        ],
      },
      /auc is of two classes.* gives out 3/,
    );
    assert.throws(
      () => evaluate({ tf }, named(tf, "f1"), { targets: [1], outputs: [[1, 0]] }, [0]),
      /No target of a split counts/,
    );
    refuses("auc", { targets: [[1], [1]], outputs: [[0.5], [0.1]] }, /needs examples of both classes/);
  });
});

describeNative("metrics of a whole split, as a graph", (engine) => {
  for (const one of cases) {
    it(`are scikit-learn's: ${one.metric} of ${one.outputs[0]?.length} outputs`, () => {
      const { score, verdicts } = evaluate(engine(), named(engine().tf, one.metric), one, one.weights);
      assert.deepEqual(
        verdicts.map(({ problem }) => problem),
        [undefined, undefined],
        "a whole batch, and the rest",
      );
      close(score, one.weighted);
    });
  }
});
