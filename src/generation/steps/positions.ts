/** Embeddings of whittle/layers, with a vector of each position's own. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import { applied } from "./positionwise.ts";
import { type StepRule, weightOf } from "./stepRule.ts";

/** As ids, or as features that are compared with all tokens. */
export const tokenEmbedding: StepRule = {
  classes: ["TokenEmbedding"],
  fits: (_application, isWritten) => isWritten.every(Boolean),
  step({ tf, layer, inputs, position }) {
    const [x] = inputs;
    const tokens = weightOf(layer, "tokens");
    if (x === undefined || tokens === undefined) throw new Error(`${layer.name} is called on nothing`);
    if (x.rank === 3) return { output: applied(layer, inputs) };
    const found = tf.gather(tokens, tf.cast(x, "int32"));
    const places = weightOf(layer, "positions");
    return { output: places === undefined ? found : tf.add(found, rowOf(tf, places, position)) };
  },
  longest: ({ layer, inputs }) => (inputs[0]?.shape.length === 2 ? weightOf(layer, "positions")?.shape[0] : undefined),
};

export const positionEmbedding: StepRule = {
  classes: ["PositionEmbedding"],
  fits: (_application, isWritten) => isWritten.every(Boolean),
  step({ tf, layer, inputs, position }) {
    const [x] = inputs;
    const places = weightOf(layer, "positions");
    if (x === undefined || places === undefined) throw new Error(`${layer.name} is called on nothing`);
    return { output: tf.add(x, rowOf(tf, places, position)) };
  },
  longest: ({ layer }) => weightOf(layer, "positions")?.shape[0],
};

const rowOf = (tf: TF, table: Tf.Tensor, row: number): Tf.Tensor => tf.slice(table, [row, 0], [1, table.shape[1] ?? 1]);
