/** What a model says of validation examples, as a run keeps it of its dense reference. */
import type { Checkpoint } from "../runs/checkpoint/checkpoint.ts";

export interface Judgement {
  /** By example: the class with the highest score, or the value. Of texts the ids that the model writes: see `packTexts`. */
  readonly predicted: Float32Array;
  /** Of classes: by example, that score. */
  readonly scores?: Float32Array | undefined;
  /** Of texts that have references: what it writes for the test split. */
  readonly test?: Float32Array | undefined;
}

/** For a checkpoint; nothing where there is none. */
export function packJudgement(dense: Judgement | undefined): Checkpoint["tensors"] {
  const entries = Object.entries(dense ?? {}) as [keyof Judgement, Float32Array | undefined][];
  return new Map(
    entries.flatMap(([name, values]) =>
      values === undefined ? [] : [[`dense:${name}`, { shape: [values.length], values }]],
    ),
  );
}

export function unpackJudgement(tensors: Checkpoint["tensors"]): Judgement | undefined {
  const of = (name: keyof Judgement) => tensors.get(`dense:${name}`)?.values;
  const [predicted, scores, test] = [of("predicted"), of("scores"), of("test")];
  return predicted && { predicted, ...(scores && { scores }), ...(test && { test }) };
}
