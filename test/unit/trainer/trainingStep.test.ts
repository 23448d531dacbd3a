import assert from "node:assert/strict";
import type * as Tf from "@tensorflow/tfjs";
import { buildCase, drawBatch, LAYER_CASES, type LayerCase } from "../../../bench/speed/layerKinds.ts";
import { createRandom } from "../../../src/data/random.ts";
import type { DataSet, Split } from "../../../src/data/types.ts";
import { createRunner, type Verdict } from "../../../src/engine/graph/runner.ts";
import { createMetrics } from "../../../src/models/metrics.ts";
import { createObjective } from "../../../src/models/objective.ts";
import { resolveSettings } from "../../../src/models/settings.ts";
import type { SettingsInput } from "../../../src/protocol/settings.ts";
import { createUpdate } from "../../../src/pruning/update.ts";
import { wholeBatch } from "../../../src/trainer/batches.ts";
import { createNetwork } from "../../../src/trainer/network.ts";
import { createTrainingStep } from "../../../src/trainer/trainingStep.ts";
import { bitsOf, describeNative } from "../engine/graph/nativeSuite.ts";

const DENSE: LayerCase = {
  name: "two dense layers",
  input: [12],
  body: (tf, input) => tf.layers.dense({ units: 9, activation: "relu" }).apply(input) as Tf.SymbolicTensor,
};

describeNative("a training step as a graph", (engine) => {
  /** Trains a fresh copy of the model with these weights. @returns all weights after it, and the losses */
  const train = (
    model: Tf.LayersModel,
    start: readonly Tf.Tensor[],
    {
      one,
      steps,
      batch,
      input,
      mode,
    }: { one: LayerCase; steps: number; batch: number; input: SettingsInput; mode: "graph" | "eager" },
  ) => {
    const started = engine();
    const { tf, graphs } = started;
    model.setWeights([...start]);
    const verdicts: Verdict[] = [];
    const maker = mode === "graph" ? graphs : undefined;
    const runner = createRunner(tf, { maker, onVerdict: (verdict) => verdicts.push(verdict) });
    const settings = resolveSettings(input, {});
    const [metric] = createMetrics(tf, settings.metrics);
    assert.ok(metric !== undefined);
    const objective = createObjective(tf, model, settings.loss, undefined, settings.labelSmoothing);
    const network = createNetwork(tf, {
      model,
      objective,
      metric,
      inputShape: one.input,
      layers: ["**"],
      granularity: settings.pruning.granularity,
      runner,
      engine: started,
    });
    const update = createUpdate(tf, network.parameters, settings);
    const step = createTrainingStep(tf, network, update);
    const losses = Array.from({ length: steps }, (_, index) => {
      if (index === Math.floor(steps / 2)) {
        for (const { name, variable, prunable, groups } of network.parameters) {
          if (prunable)
            update.setMask(
              name,
              Float32Array.from({ length: variable.size }, (_, at) => ((groups?.[at] ?? at) % 3 === 0 ? 0 : 1)),
            );
        }
      }
      const { x, y } = drawBatch(tf, one, batch, 1 + (index % 7));
      // A strength that is 0 now and then, as with a decay.
      const strength = index < 2 ? null : index % 5 === 0 ? 0 : 1e-3;
      const rate = 0.01 / (1 + index);
      const examples = wholeBatch(tf, { x, y }, batch);
      const loss = step.run({ batches: [examples], learningRate: rate, strength, seed: [3, index] });
      examples.dispose();
      return loss;
    });
    const tensors = [...network.weights.values(), ...update.state.values()];
    const values = tensors.map((tensor) => tensor.dataSync().slice());
    const bits = tensors.map(bitsOf);
    update.dispose();
    runner.dispose();
    return { losses, values, bits, verdicts };
  };

  const startOf = (model: Tf.LayersModel): Tf.Tensor[] => model.getWeights().map((weight) => weight.clone());

  for (const one of LAYER_CASES) {
    it(`trains ${one.name} as operation by operation`, () => {
      const { tf } = engine();
      const model = buildCase(tf, one);
      const start = startOf(model);
      const options = { one, steps: 5, batch: 4, input: {} };
      const graph = train(model, start, { ...options, mode: "graph" });
      const eager = train(model, start, { ...options, mode: "eager" });
      assert.ok(
        graph.verdicts.length > 0 && graph.verdicts.every((verdict) => verdict.problem === undefined),
        JSON.stringify(graph.verdicts),
      );
      assert.equal(eager.verdicts.length, 0);
      for (const [index, values] of graph.values.entries()) {
        const expected = Array.from(eager.values[index] ?? []);
        const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
        const difference = expected.reduce((most, value, at) => Math.max(most, Math.abs(value - (values[at] ?? 0))), 0);
        assert.ok(difference <= 1e-4 * largest, `${difference} of ${largest}`);
      }
      if (one.isRandom) {
        assert.deepEqual(train(model, start, { ...options, mode: "graph" }).bits, graph.bits, "the same bits again");
      }
      model.dispose();
      tf.dispose(start);
    });
  }

  it("trains units as operation by operation, and by graphs, to the same bits", () => {
    const { tf } = engine();
    const names = [
      "multiHeadAttention",
      "multiHeadAttention without padding",
      "conv2d",
      "depthwiseConv2d",
      "separableConv2d",
      "lstm",
      "embedding",
      "tokenEmbedding",
    ];
    const cases = LAYER_CASES.filter(({ name }) => names.includes(name));
    assert.equal(cases.length, names.length);
    for (const one of [DENSE, ...cases]) {
      const model = buildCase(tf, one);
      const start = startOf(model);
      for (const method of one === DENSE
        ? (["irrelevance", "l1", "l2", "lobster", "none"] as const)
        : (["irrelevance"] as const)) {
        const input = { pruning: { granularity: "unit", method } } as const;
        const options = { one, steps: 6, batch: 4, input };
        const [graph, eager] = (["graph", "eager"] as const).map((mode) => train(model, start, { ...options, mode }));
        assert.ok(graph !== undefined && graph.verdicts.length > 0);
        assert.ok(
          graph.verdicts.every(({ problem, difference }) => problem === undefined && difference === 0),
          `${one.name} ${JSON.stringify(graph.verdicts)}`,
        );
        assert.deepEqual(graph.bits, eager?.bits, one.name);
      }
      model.dispose();
      tf.dispose(start);
    }
  });

  it("gives the same bits with gradients that are shortened, and targets that are smoothed", () => {
    const { tf } = engine();
    const model = buildCase(tf, DENSE);
    const start = startOf(model);
    const options = { one: DENSE, steps: 24, batch: 16, input: { optimizer: { clipNorm: 0.5 }, labelSmoothing: 0.1 } };
    const [graph, eager] = (["graph", "eager"] as const).map((mode) => train(model, start, { ...options, mode }));
    assert.ok(
      graph?.verdicts.every(({ difference }) => difference === 0),
      JSON.stringify(graph?.verdicts),
    );
    assert.deepEqual(graph?.bits, eager?.bits);
    model.dispose();
    tf.dispose(start);
  });

  it("gives the same bits of weights and of targets that are left out, and leaves out no others", () => {
    const started = engine();
    const { tf, graphs, rows } = started;
    const [count, classes] = [24, 3];
    const random = createRandom("weighted");
    const draw = (length: number, make: () => number) => Array.from({ length }, make);
    const split: Split = {
      count,
      x: Float32Array.from(draw(count * 4, () => random.next() - 0.5)),
      y: Int32Array.from(draw(count, () => Math.floor(random.next() * (classes + 1)) - 1)),
      w: Float32Array.from(draw(count, () => random.next())),
    };
    const data: DataSet = {
      ...{ spec: "", sha256: "", xShape: [4], yShape: [], wShape: [], classes, scale: 1, offset: 0 },
      ...{ train: split, validation: split, test: split },
    };
    const settings = resolveSettings({ optimizer: { name: "sgd" } }, {});
    const [metric] = createMetrics(tf, settings.metrics);
    assert.ok(metric !== undefined);
    const weightsAfter = (isGraph: boolean, order: Uint32Array) => {
      const model = tf.sequential({ layers: [tf.layers.dense({ units: classes, inputShape: [4] })] });
      model.setWeights([tf.linspace(-1, 1, 12).reshape([4, 3]), tf.zeros([3])]);
      const verdicts: Verdict[] = [];
      const runner = createRunner(tf, {
        maker: isGraph ? graphs : undefined,
        onVerdict: (verdict) => verdicts.push(verdict),
      });
      const objective = createObjective(tf, model, settings.loss);
      const network = createNetwork(tf, {
        ...{ model, objective, metric, inputShape: [4], layers: ["**"], ignoreTarget: -1, runner },
        engine: isGraph && rows !== undefined ? { rows } : {},
      });
      const update = createUpdate(tf, network.parameters, settings);
      const step = createTrainingStep(tf, network, update);
      const batch = network.batches.training(data, order, 0, order.length);
      assert.equal(batch.inputs.length, isGraph ? 4 : 3);
      const loss = step.run({ batches: [batch], learningRate: 0.5, strength: null, seed: [1] });
      batch.dispose();
      assert.ok(
        verdicts.every(({ difference }) => difference === 0),
        JSON.stringify(verdicts),
      );
      const bits = [...network.weights.values()].map(bitsOf);
      update.dispose();
      runner.dispose();
      network.dispose();
      return { loss, bits };
    };
    const all = Uint32Array.from(split.y.keys());
    assert.deepEqual(weightsAfter(true, all), weightsAfter(false, all));
    const counted = weightsAfter(
      false,
      all.filter((at) => split.y[at] !== -1),
    );
    assert.ok(Math.abs(weightsAfter(false, all).loss - counted.loss) < 1e-6);
  });

  for (const name of ["sgd", "momentum", "rmsprop", "adam"] as const) {
    for (const method of ["irrelevance", "l1", "l2", "lobster", "none"] as const) {
      it(`gives the same bits with ${name} and ${method}, in both couplings and with every signal`, () => {
        const { tf } = engine();
        const model = buildCase(tf, DENSE);
        const start = startOf(model);
        const signals =
          method === "irrelevance"
            ? (["gradient", "weightGradient", "movement", "snr"] as const)
            : (["gradient"] as const);
        for (const coupling of ["decoupled", "optimizer"] as const) {
          for (const signal of signals) {
            const pruning = { method, coupling, signal, average: signal === "gradient" ? 0 : 0.9 };
            const options = { one: DENSE, steps: 24, batch: 16, input: { optimizer: { name }, pruning } };
            const graph = train(model, start, { ...options, mode: "graph" });
            const eager = train(model, start, { ...options, mode: "eager" });
            assert.ok(
              graph.verdicts.every(({ difference }) => difference === 0),
              JSON.stringify(graph.verdicts),
            );
            assert.deepEqual(graph.losses, eager.losses);
            assert.deepEqual(graph.bits, eager.bits);
          }
        }
        model.dispose();
        tf.dispose(start);
      });
    }
  }
});
