/**
 * Attention of whittle/layers. What is written attends to itself, to what came before: keys and values of earlier positions are kept.
 * What it attends to elsewhere is the same at all positions: its keys and values are computed once.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { Application } from "../../compact/applications.ts";
import {
  attend,
  headsOf,
  type Parts,
  partsOf,
  unseenPadding,
  type WeightOf,
} from "../../models/modelLayers/attention.ts";
import { type Memory, type StepCall, type StepRule, weightOf } from "./stepRule.ts";

/** An input, and whether it depends on what is written. */
interface Part<T> {
  readonly of: T;
  readonly isWritten: boolean;
}

const readParts = <T extends { readonly shape: readonly unknown[] }>(
  inputs: readonly T[],
  isWritten: readonly boolean[],
): Parts<Part<T>> =>
  partsOf(
    inputs.map((of, at) => ({ of, isWritten: isWritten[at] === true })),
    ({ of }) => of.shape,
  );

export const attention: StepRule = {
  classes: ["MultiHeadAttention"],
  fits({ layer, inputs }: Application, isWritten) {
    const { query, answers, ids } = readParts(inputs, isWritten);
    if (!query.isWritten) return false;
    // Ids of what is written have no padding among them.
    return answers.isWritten ? layer.getConfig()["causal"] === true : ids?.isWritten !== true;
  },
  step(call) {
    const { tf, layer, memory } = call;
    const { query, answers, ids } = readParts(call.inputs, call.isWritten);
    const own: WeightOf = (name) => weightOf(layer, name);
    const heads = Number(layer.getConfig()["heads"]);
    const split = (name: string, x: Tf.Tensor): Tf.Tensor => headsOf(tf, own, name, x, heads);
    const keysAndValues = (): Tf.Tensor[] => [split("key", answers.of), split("value", answers.of)];
    const asked = split("query", query.of);
    const next: Memory = answers.isWritten
      ? { fixed: [], grown: grow(call, keysAndValues()) }
      : (memory ?? {
          fixed: [...keysAndValues(), ...(ids === undefined ? [] : [unseenPadding(tf, ids.of)])],
          grown: [],
        });
    const [key, value, unseen] = answers.isWritten ? next.grown : next.fixed;
    if (key === undefined || value === undefined) throw new Error("attention keeps keys and values");
    return { output: attend(tf, own, { query: asked, key, value }, unseen), memory: next };
  },
};

/** Behind those of the positions before. */
function grow({ tf, memory }: StepCall, fresh: Tf.Tensor[]): Tf.Tensor[] {
  const before = memory?.grown;
  return before === undefined ? fresh : fresh.map((each, at) => tf.concat([before[at] ?? each, each], 2));
}
