/**
 * What a method (methods/) is applied to. By `granularity`:
 *
 *   weight   the weights of one tensor, each by itself
 *   unit     the groups g of some tensors, each as one weight of size ρ_g = √(Σ W²/n_g), the root mean square of its n_g
 *            weights, with the signal √(Σ S²/n_g). What the method makes of ρ_g its weights follow in proportion:
 *            W ← W · shrink(ρ_g, λ) / ρ_g, and ∂R/∂W = W · R'(ρ_g) / ρ_g. So `l1` is the group lasso, R = Σ √n_g·‖W_g‖
 *            (Yuan and Lin 2006; its own step the soft threshold of the norm), and the others scale all weights of a group
 *            alike. A group of one weight is that weight.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { GroupFamily, GroupLayout } from "./groupLayout.ts";

type TF = typeof Tf;

export interface Scope {
  /** Of its numbers in a step. */
  readonly name: string;
  /** The tensors' names; all lists of tensors below are in this order. */
  readonly members: readonly string[];
  /** Weights or groups that survive. */
  readonly alive: number;
  setMask(member: string, mask: Float32Array): void;
  /** What the method sees of the members' values: one number for each weight, or for each group. */
  gather(values: readonly Tf.Tensor[]): Tf.Tensor;
  /**
   * The members' weights, made to follow.
   * @param made what the method makes of `seen`, which was gathered from the weights
   * @param rest by what weights of no group are multiplied
   */
  follow(weights: readonly Tf.Tensor[], seen: Tf.Tensor, made: Tf.Tensor, rest: 0 | 1): readonly Tf.Tensor[];
  /** Of each weight the value of what it belongs to, 0 where that is nothing. @param shapes of the members */
  spread(values: Tf.Tensor, shapes: readonly number[][]): readonly Tf.Tensor[];
}

export function createWeightScope(name: string, size: number): Scope {
  let alive = size;
  return {
    name,
    members: [name],
    get alive() {
      return alive;
    },
    setMask(_member, mask) {
      alive = mask.reduce((sum, keep) => sum + keep, 0);
    },
    gather: ([values]) => present(values),
    follow: (_weights, _seen, made) => [made],
    spread: (values) => [values],
  };
}

/** Keeps a quotient defined where all weights of a group are 0; they stay so. */
const TINY = 1e-30;

export function createGroupScope(tf: TF, { name, count, sizes, layouts }: GroupFamily): Scope {
  const members = [...layouts.keys()];
  const ordered = [...layouts.values()].map((layout) => ({ ...layout, isInOrder: isInOrder(layout, count) }));
  const mask = new Uint8Array(count).fill(1);
  let alive = count;
  const perWeight = Float32Array.from(sizes, (size) => 1 / size);

  /** As [repeats, places, each]. */
  const seenByPlace = (values: Tf.Tensor, { repeats, each, places }: GroupLayout): Tf.Tensor =>
    tf.reshape(values, [repeats, places.length, each]);

  /** Shape [groups], from [places]. */
  const toGroups = (values: Tf.Tensor, { isInOrder, places }: OrderedLayout): Tf.Tensor =>
    isInOrder ? values : tf.unsortedSegmentSum(values, tf.tensor1d(places, "int32"), count);

  /** Shape [1, places, 1], from [groups]. */
  const toPlaces = (values: Tf.Tensor, { isInOrder, places }: OrderedLayout, rest: 0 | 1): Tf.Tensor => {
    if (isInOrder) return tf.reshape(values, [1, count, 1]);
    const indices = places.map((index) => (index === -1 ? count : index));
    const found = tf.gather(tf.concat([values, tf.tensor1d([rest])]), tf.tensor1d(indices, "int32"));
    return tf.reshape(found, [1, indices.length, 1]);
  };

  return {
    name,
    members,
    get alive() {
      return alive;
    },
    setMask(member, values) {
      const { repeats, each, places } = present(layouts.get(member));
      const own = new Uint8Array(count);
      for (let at = 0; at < repeats * places.length * each; at++) {
        const index = places[Math.floor(at / each) % places.length] ?? -1;
        if (index !== -1 && values[at] !== 0) own[index] = 1;
      }
      // Groups go as a whole, but what a unit would take from one that does nothing may be gone before.
      for (const index of places) if (index !== -1) mask[index] = own[index] ?? 0;
      alive = mask.reduce((sum, keep) => sum + keep, 0);
    },
    gather(values) {
      const sums = ordered.map((layout, at) =>
        toGroups(tf.sum(seenByPlace(tf.square(present(values[at])), layout), [0, 2]), layout),
      );
      return tf.sqrt(tf.mul(tf.addN(sums), tf.tensor1d(perWeight)));
    },
    follow(weights, seen, made, rest) {
      if (made === seen) return weights;
      const factors = tf.div(made, tf.maximum(seen, TINY));
      return ordered.map((layout, at) => {
        const own = present(weights[at]);
        return tf.reshape(tf.mul(seenByPlace(own, layout), toPlaces(factors, layout, rest)), own.shape);
      });
    },
    spread: (values, shapes) =>
      ordered.map((layout, at) => {
        const { repeats, each, places } = layout;
        const whole = tf.mul(toPlaces(values, layout, 0), tf.ones([repeats, places.length, each]));
        return tf.reshape(whole, present(shapes[at]));
      }),
  };
}

interface OrderedLayout extends GroupLayout {
  /** Whether places are the groups, one by one. */
  readonly isInOrder: boolean;
}

function isInOrder({ places }: GroupLayout, count: number): boolean {
  return places.length === count && places.every((index, place) => index === place);
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("a scope is given all of its members");
  return value;
}
