/**
 * Attention of whittle/layers. What is written attends to itself, to what came before: keys and values of earlier positions are kept.
 * What it attends to elsewhere is the same at all positions: its keys and values are computed once.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { Application } from "../../compact/applications.ts";
import { SPECIAL } from "../../language/tokenizer.ts";
import { type Memory, type StepCall, type StepRule, weightOf } from "./stepRule.ts";

/** Added to the scores of what must not be seen, as the layer does it. */
const UNSEEN = -1e9;

/** Which inputs are what: told by their axes, as the layer does it. */
function rolesOf(inputs: readonly { readonly shape: readonly unknown[] }[]) {
  const features = inputs.flatMap(({ shape }, at) => (shape.length === 3 ? [at] : []));
  const ids = inputs.findIndex(({ shape }) => shape.length === 2);
  const [query = 0, answers = query] = features;
  return { query, answers, ids };
}

export const attention: StepRule = {
  classes: ["MultiHeadAttention"],
  fits({ layer, inputs }: Application, isWritten) {
    const { query, answers, ids } = rolesOf(inputs);
    if (isWritten[query] !== true) return false;
    // Ids of what is written have no padding among them.
    return isWritten[answers] === true ? layer.getConfig()["causal"] === true : ids < 0 || isWritten[ids] !== true;
  },
  step(call) {
    const { tf, inputs, isWritten, memory } = call;
    const { query, answers, ids } = rolesOf(inputs);
    const asked = inputs[query];
    const answering = inputs[answers];
    if (asked === undefined || answering === undefined) throw new Error("attention is called on nothing");
    const q = heads(call, "query", asked);
    const own = isWritten[answers] === true;
    const next: Memory = own
      ? { fixed: [], grown: grow(call, answering) }
      : (memory ?? { fixed: [...keysAndValues(call, answering), ...unseen(call, inputs[ids])], grown: [] });
    const [k, v, hidden] = own ? next.grown : next.fixed;
    if (k === undefined || v === undefined) throw new Error("attention keeps keys and values");
    const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(q.shape[3] ?? 1));
    const mixed = tf.matMul(tf.softmax(hidden === undefined ? scores : tf.add(scores, hidden)), v);
    const [rows = 1, count = 1, , width = 1] = mixed.shape;
    const together = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [rows, 1, count * width]);
    return { output: project(call, "output", together), memory: next };
  },
};

function grow(call: StepCall, x: Tf.Tensor): Tf.Tensor[] {
  const fresh = keysAndValues(call, x);
  const before = call.memory?.grown;
  return before === undefined ? fresh : fresh.map((each, at) => call.tf.concat([before[at] ?? each, each], 2));
}

const keysAndValues = (call: StepCall, x: Tf.Tensor) => [heads(call, "key", x), heads(call, "value", x)];

/** `[rows, 1, 1, positions]`: 0, and very little for padding. */
function unseen({ tf }: StepCall, ids: Tf.Tensor | undefined): Tf.Tensor[] {
  if (ids === undefined) return [];
  const [rows = 1, positions = 1] = ids.shape;
  const isPadding = tf.cast(tf.equal(tf.cast(ids, "int32"), tf.scalar(SPECIAL.padding, "int32")), "float32");
  return [tf.reshape(tf.mul(isPadding, UNSEEN), [rows, 1, 1, positions])];
}

/** `[rows, positions, features]` → `[rows, heads, positions, width of a head]` */
function heads(call: StepCall, name: string, x: Tf.Tensor): Tf.Tensor {
  const { tf, layer } = call;
  const all = project(call, name, x);
  const count = Number(layer.getConfig()["heads"]);
  const [rows = 1, positions = 1, width = 1] = all.shape;
  return tf.transpose(tf.reshape(all, [rows, positions, count, width / count]), [0, 2, 1, 3]);
}

function project({ tf, layer }: StepCall, name: string, x: Tf.Tensor): Tf.Tensor {
  const [kernel, bias] = [weightOf(layer, name), weightOf(layer, `${name}_bias`)];
  if (kernel === undefined) throw new Error(`${layer.name} has no weight ${name}`);
  const [from = 1, to = 1] = kernel.shape;
  const product = tf.matMul(tf.reshape(x, [-1, from]), kernel as Tf.Tensor2D);
  return tf.reshape(bias === undefined ? product : tf.add(product, bias), [...x.shape.slice(0, -1), to]);
}
