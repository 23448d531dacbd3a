/** What `multiHeadAttention` computes, for all positions at once in the layer, for one after the other where a model writes. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";

/** Added to the scores of what must not be seen. */
const UNSEEN = -1e9;

/** A weight of the layer by its own name, e.g. `query` or `query_bias`; undefined where it has none. */
export type WeightOf = (name: string) => Tf.Tensor | undefined;

/** Ids have a batch and positions, features one axis more. */
const isIds = ({ length }: readonly unknown[]): boolean => length === 2;

export interface Parts<T> {
  readonly query: T;
  readonly answers: T;
  /** Of what answers. */
  readonly ids?: T;
}

/** @throws Error where they are not what the layer is applied to */
export function partsOf<T>(given: readonly T[], shapeOf: (part: T) => readonly unknown[]): Parts<T> {
  const last = given.at(-1);
  const ids = last !== undefined && isIds(shapeOf(last)) ? last : undefined;
  const features = ids === undefined ? given : given.slice(0, -1);
  const [query, answers = query] = features;
  if (query === undefined || answers === undefined || features.length > 2 || features.map(shapeOf).some(isIds)) {
    throw new Error("multiHeadAttention is applied to features that ask, others that answer, and the ids of these");
  }
  const [positions, own] = [shapeOf(answers)[1], ids === undefined ? null : shapeOf(ids)[1]];
  if (typeof positions === "number" && typeof own === "number" && positions !== own) {
    throw new Error(`there are ids of ${own} positions, but ${positions} are attended to`);
  }
  return { query, answers, ...(ids === undefined ? {} : { ids }) };
}

/** `[batch, positions, features]` → `[batch, heads, positions, width of a head]` */
export function headsOf(tf: TF, weightOf: WeightOf, name: string, x: Tf.Tensor, heads: number): Tf.Tensor {
  const all = project(tf, weightOf, name, x);
  const [count = 1, positions = 1, width = 1] = all.shape;
  return tf.transpose(tf.reshape(all, [count, positions, heads, width / heads]), [0, 2, 1, 3]);
}

/**
 * @param heads as `headsOf` gives them, of what asks and of what answers
 * @param unseen added to the scores `[batch, heads, asking, answering]`
 * @returns `[batch, asking, features]`
 */
export function attend(
  tf: TF,
  weightOf: WeightOf,
  { query, key, value }: Readonly<Record<"query" | "key" | "value", Tf.Tensor>>,
  unseen: Tf.Tensor | undefined,
): Tf.Tensor {
  const [count = 1, heads = 1, positions = 1, width = 1] = query.shape;
  const scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(width));
  const seen = unseen === undefined ? scores : tf.add(scores, unseen);
  const mixed = tf.transpose(tf.matMul(tf.softmax(seen), value), [0, 2, 1, 3]);
  return project(tf, weightOf, "output", tf.reshape(mixed, [count, positions, heads * width]));
}

function project(tf: TF, weightOf: WeightOf, name: string, x: Tf.Tensor): Tf.Tensor {
  const [kernel, bias] = [weightOf(name), weightOf(`${name}_bias`)];
  if (kernel === undefined) throw new Error("the layer is not built");
  const flat = tf.reshape(x, [-1, kernel.shape[0] ?? 1]);
  const product = tf.matMul(flat, kernel as Tf.Tensor2D);
  const given = bias === undefined ? product : tf.add(product, bias);
  return tf.reshape(given, [...x.shape.slice(0, -1), kernel.shape[1] ?? 1]);
}

/** `[asking, answering]`: 0, and very little for what is later. */
export function unseenLater(tf: TF, [asking, answering]: readonly [number, number]): Tf.Tensor {
  const values = Float32Array.from({ length: asking * answering }, (_, at) =>
    at % answering > Math.floor(at / answering) ? UNSEEN : 0,
  );
  return tf.tensor2d(values, [asking, answering]);
}

/** `[batch, 1, 1, answering]`: 0, and very little where the id is 0. */
export function unseenPadding(tf: TF, ids: Tf.Tensor): Tf.Tensor {
  const isPadding = tf.cast(tf.equal(ids, tf.scalar(0, ids.dtype)), "float32");
  return tf.reshape(tf.mul(isPadding, UNSEEN), [ids.shape[0] ?? 1, 1, 1, ids.shape[1] ?? 1]);
}
