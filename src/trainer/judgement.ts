/** What a model says of validation examples, as a run keeps it of its dense reference. */
import type { Checkpoint } from "../runs/checkpoint/checkpoint.ts";

/**
 * Of a model, by example: the class with the highest score, and that score; or the value, which is its own score. Of texts the ids
 * that it writes, the end of each included, and in the place of scores those for the test split.
 */
export interface Judgement {
  readonly predicted: Float32Array;
  readonly scores: Float32Array;
}

/** For a checkpoint; nothing where there is none. */
export function packJudgement(dense: Judgement | undefined): Checkpoint["tensors"] {
  const entries =
    dense === undefined
      ? []
      : ([
          ["predicted", dense.predicted],
          ["scores", dense.scores],
        ] as const);
  return new Map(entries.map(([name, values]) => [`dense:${name}`, { shape: [values.length], values }]));
}

export function unpackJudgement(tensors: Checkpoint["tensors"]): Judgement | undefined {
  const [predicted, scores] = ["predicted", "scores"].map((name) => tensors.get(`dense:${name}`)?.values);
  return predicted === undefined || scores === undefined ? undefined : { predicted, scores };
}
