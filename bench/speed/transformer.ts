/** An encoder-decoder transformer of plain tensor operations (arXiv 1706.03762, norm before each part, tied embedding). */
import type * as Tf from "@tensorflow/tfjs";
import { createRandom } from "../../src/data/random.ts";
import type { Runner } from "../../src/engine/graph/runner.ts";
import type { Rows } from "../../src/engine/rows.ts";
import { createBatches } from "../../src/trainer/batches.ts";
import type { Network } from "../../src/trainer/network.ts";

type TF = typeof Tf;

export const TRANSFORMER = { tokens: 24, width: 128, heads: 4, inner: 512, vocabulary: 8000, layers: 3 };

interface Attention {
  readonly [part: string]: { readonly kernel: Tf.Variable; readonly bias: Tf.Variable };
}

/** Examples scored at once. */
const EVALUATED = 32;

/** x of a batch: source and target ids `[batch, 2, tokens]`; y: the ids that are to come `[batch, tokens]`. */
export function createTransformer(tf: TF, runner: Runner, rows: Rows | undefined): Network {
  const { tokens, width, heads, inner, vocabulary, layers } = TRANSFORMER;
  const random = createRandom("transformer");
  const variables: { name: string; variable: Tf.Variable }[] = [];
  const add = (name: string, shape: number[], value: () => number): Tf.Variable => {
    const size = shape.reduce((all, length) => all * length, 1);
    const variable = tf.variable(tf.tensor(Float32Array.from({ length: size }, value), shape));
    variables.push({ name, variable });
    return variable;
  };
  const small = () => 0.1 * (random.next() - 0.5);
  const linear = (name: string, from: number, to: number) => ({
    kernel: add(`${name}.weight`, [from, to], small),
    bias: add(`${name}.bias`, [to], () => 0),
  });
  const norm = (name: string) => ({
    gamma: add(`${name}.weight`, [width], () => 1),
    beta: add(`${name}.bias`, [width], () => 0),
  });
  const attention = (name: string): Attention =>
    Object.fromEntries(["q", "k", "v", "o"].map((part) => [part, linear(`${name}.${part}`, width, width)]));
  const feedForward = (name: string) => ({
    a: linear(`${name}.a`, width, inner),
    b: linear(`${name}.b`, inner, width),
  });

  const embedding = add("embedding.weight", [vocabulary, width], small);
  const encoder = Array.from({ length: layers }, (_, at) => ({
    self: attention(`encoder.${at}.self`),
    norms: [norm(`encoder.${at}.norms.0`), norm(`encoder.${at}.norms.1`)],
    feed: feedForward(`encoder.${at}.feed`),
  }));
  const decoder = Array.from({ length: layers }, (_, at) => ({
    self: attention(`decoder.${at}.self`),
    cross: attention(`decoder.${at}.cross`),
    norms: [norm(`decoder.${at}.norms.0`), norm(`decoder.${at}.norms.1`), norm(`decoder.${at}.norms.2`)],
    feed: feedForward(`decoder.${at}.feed`),
  }));
  const future = tf.tensor2d(
    Array.from({ length: tokens }, (_, row) =>
      Array.from({ length: tokens }, (_, column) => (column > row ? -1e9 : 0)),
    ),
  );

  const dense = (x: Tf.Tensor, { kernel, bias }: ReturnType<typeof linear>): Tf.Tensor => {
    const [last = 1, to = 1] = kernel.shape;
    const flat = tf.reshape(x, [-1, last]) as Tf.Tensor2D;
    return tf.reshape(tf.add(tf.matMul(flat, kernel as Tf.Tensor2D), bias), [...x.shape.slice(0, -1), to]);
  };
  const normalized = (x: Tf.Tensor, { gamma, beta }: ReturnType<typeof norm>): Tf.Tensor => {
    const centered = tf.sub(x, tf.mean(x, -1, true));
    const variance = tf.mean(tf.square(centered), -1, true);
    return tf.add(tf.mul(tf.mul(centered, tf.rsqrt(tf.add(variance, 1e-5))), gamma), beta);
  };
  const attend = (weights: Attention, x: Tf.Tensor, to: Tf.Tensor, mask?: Tf.Tensor): Tf.Tensor => {
    const part = (name: string, of: Tf.Tensor): Tf.Tensor => {
      const parameters = weights[name];
      if (parameters === undefined) throw new Error(`no ${name}`);
      return dense(of, parameters);
    };
    const split = (of: Tf.Tensor) => tf.transpose(tf.reshape(of, [-1, tokens, heads, width / heads]), [0, 2, 1, 3]);
    const [q, k, v] = [split(part("q", x)), split(part("k", to)), split(part("v", to))];
    const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(width / heads));
    const mixed = tf.matMul(tf.softmax(mask === undefined ? scores : tf.add(scores, mask)), v);
    return part("o", tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [-1, tokens, width]));
  };
  const feed = (x: Tf.Tensor, { a, b }: ReturnType<typeof feedForward>) => dense(tf.relu(dense(x, a)), b);
  const at = <T>(list: readonly T[], index: number): T => list[index] as T;

  const forward = (x: Tf.Tensor): Tf.Tensor2D => {
    const [source, target] = tf.unstack(tf.cast(x, "int32"), 1) as [Tf.Tensor, Tf.Tensor];
    let read = tf.gather(embedding, source);
    for (const { self, norms, feed: inside } of encoder) {
      const own = normalized(read, at(norms, 0));
      read = tf.add(read, attend(self, own, own));
      read = tf.add(read, feed(normalized(read, at(norms, 1)), inside));
    }
    let said = tf.gather(embedding, target);
    for (const { self, cross, norms, feed: inside } of decoder) {
      const own = normalized(said, at(norms, 0));
      said = tf.add(said, attend(self, own, own, future));
      said = tf.add(said, attend(cross, normalized(said, at(norms, 1)), read));
      said = tf.add(said, feed(normalized(said, at(norms, 2)), inside));
    }
    return tf.matMul(tf.reshape(said, [-1, width]) as Tf.Tensor2D, embedding as Tf.Tensor2D, false, true);
  };
  const lossOf = (x: Tf.Tensor, y: Tf.Tensor): Tf.Scalar => {
    const targets = tf.oneHot(tf.cast(tf.reshape(y, [-1]), "int32"), vocabulary);
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(forward(x)), targets), 1)));
  };
  const batches = createBatches(tf, [2, tokens], { rows });
  const parameters = variables.map(({ name, variable }) => ({ name, variable, prunable: variable.rank > 1 }));
  const score: Network["evaluateMasked"] = (data, split, masks) => {
    const masked = parameters.filter(({ name }) => masks.has(name));
    const maskTensors = masked.map(({ name, variable }) => tf.tensor(masks.get(name) ?? [], variable.shape));
    const size = (shape: readonly number[]) => shape.reduce((all, length) => all * length, 1);
    const [xSize, ySize] = [size(data.xShape), size(data.yShape)];
    let loss = 0;
    for (let from = 0; from < split.count; from += EVALUATED) {
      const count = Math.min(EVALUATED, split.count - from);
      const x = tf.tensor(split.x.slice(from * xSize, (from + count) * xSize), [count, ...data.xShape], "float32");
      const y = tf.tensor(split.y.slice(from * ySize, (from + count) * ySize), [count, ...data.yShape], "int32");
      const sums = runner.run(`evaluate ${masked.length}`, [x, y, ...maskTensors], ([one, other, ...trial]) => {
        if (one === undefined || other === undefined) throw new Error("a batch has examples and targets");
        const before = masked.map(({ variable }) => variable.clone());
        for (const [at, { variable }] of masked.entries()) variable.assign(tf.mul(variable, trial[at] ?? 1));
        const result = lossOf(one, other);
        for (const [at, { variable }] of masked.entries()) variable.assign(before[at] ?? variable);
        return [result];
      });
      loss += ((sums[0]?.dataSync()[0] ?? Number.NaN) * count) / split.count;
      tf.dispose([x, y, ...sums]);
    }
    tf.dispose(maskTensors);
    return { loss, metric: loss };
  };
  return {
    parameters,
    weights: new Map(parameters.map(({ name, variable }) => [name, variable])),
    metric: { name: "loss", better: "lower", compute: (_y, predicted) => predicted },
    runner,
    batches,
    differentiate({ x, y }) {
      const { value, grads } = tf.variableGrads(
        () => lossOf(x, y),
        variables.map(({ variable }) => variable),
      );
      return {
        loss: value,
        gradients: variables.map(({ variable }) => grads[variable.name] ?? tf.zerosLike(variable)),
      };
    },
    write: () => [],
    evaluate: (data, split) => {
      const { loss } = score(data, split, new Map());
      return { loss, metric: loss };
    },
    evaluateMasked: score,
    dispose: () => tf.dispose(variables.map(({ variable }) => variable)),
  };
}
