/** Writes with any model: all that has been written goes through it again for each token. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { SPECIAL } from "../language/tokenizer.ts";
import { logProbabilities } from "./logProbabilities.ts";
import type { WritingPlan } from "./plan.ts";
import type { Writer } from "./writer.ts";

/** @param source ids `[examples, positions]` that are read, where the model reads; stays the caller's */
export function createPlainWriter(
  tf: TF,
  model: Tf.LayersModel,
  plan: WritingPlan,
  source: Tf.Tensor | undefined,
): Writer {
  let rows: readonly { readonly example: number; readonly tokens: readonly number[] }[] = [];
  return {
    next(tokens, parents) {
      const before = rows;
      rows = Array.from(tokens, (token, at) => {
        const parent = parents[at] ?? 0;
        const { example, tokens: written } = before[parent] ?? { example: parent, tokens: [] };
        return { example, tokens: [...written, token] };
      });
      const count = rows[0]?.tokens.length ?? 1;
      const length = plan.written.shape[1] ?? count;
      return tf.tidy(() => {
        const padded = rows.map((row) => [...row.tokens, ...new Array<number>(length - count).fill(SPECIAL.padding)]);
        const ids = tf.tensor2d(padded, [rows.length, length]);
        const examples = tf.tensor1d(
          Int32Array.from(rows, ({ example }) => example),
          "int32",
        );
        const inputs = source === undefined ? ids : [tf.gather(source, examples), ids];
        const outputs = model.apply(inputs, { training: false }) as Tf.Tensor3D;
        const last = tf.slice(outputs, [0, count - 1, 0], [rows.length, 1, outputs.shape[2]]);
        return logProbabilities(tf, { ...plan, outputIs: plan.modelGives }, last);
      });
    },
    dispose: () => undefined,
  };
}
