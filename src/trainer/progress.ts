/** Where the loop stands, beside its tensors. */
import { z } from "zod";
import { NOTHING_SPENT, type Spent, spentSchema } from "../protocol/run.ts";
import { type LoopState, startLoop } from "../pruning/loopState.ts";
import { NO_PLATEAU } from "../pruning/plateau.ts";

/** What a checkpoint holds beside tensors. `loop` is trusted as written by us: the file is checked as a whole. */
export const progressSchema = z.strictObject({
  loop: z.custom<LoopState>((value) => typeof value === "object" && value !== null && "todo" in value),
  /** Steps of the current epoch that are done, and the sum of their losses over examples. */
  step: z.int(),
  lossSum: z.number(),
  /** Updates since the optimizer's state was reset. */
  updates: z.int(),
  /** Steps since regularized training began or weights were pruned; checkpoints of 0.1.0 do not say. */
  stageSteps: z.int().default(0),
  /** What the learning rate's schedule `plateau` has seen; older checkpoints have none. */
  plateau: z.strictObject({ best: z.number().nullable(), since: z.int(), drops: z.int() }).default(NO_PLATEAU),
  /** Seconds of training: in all, and in the current epoch. */
  seconds: z.number(),
  epochSeconds: z.number(),
  /** Of the run; checkpoints of 0.1.0 do not say. */
  steps: z.int().default(0),
  spent: spentSchema.default(NOTHING_SPENT),
  referenceTest: z.strictObject({ loss: z.number(), metric: z.number() }).nullable(),
});
export type Progress = z.infer<typeof progressSchema>;

export function startProgress(): Progress {
  return {
    loop: startLoop(),
    step: 0,
    lossSum: 0,
    updates: 0,
    stageSteps: 0,
    plateau: NO_PLATEAU,
    seconds: 0,
    epochSeconds: 0,
    steps: 0,
    spent: NOTHING_SPENT,
    referenceTest: null,
  };
}

/** With these seconds counted: as training, unless they went into a checkpoint. */
export function withSeconds(progress: Progress, to: keyof Spent, seconds: number): Progress {
  const spent = { ...progress.spent, [to]: progress.spent[to] + seconds };
  return to === "checkpoint"
    ? { ...progress, spent }
    : { ...progress, spent, seconds: progress.seconds + seconds, epochSeconds: progress.epochSeconds + seconds };
}
