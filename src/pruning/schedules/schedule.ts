/** When a stage of regularized training is over, and how much is pruned then. */
import type { TrialScore } from "../../protocol/run.ts";
import type { Advance, Effect, LoopRules, LoopState } from "../loopState.ts";

/** A moment at which weights may be pruned: the end of an epoch, or of `intervalSteps` steps. */
export interface Moment {
  readonly score: TrialScore;
  readonly isEpochEnd: boolean;
  /** Epochs of regularized training so far, parts included. */
  readonly epochs: number;
}

export interface Schedule {
  /** Whether training goes on when the target sparsity is reached, until the budget is spent. */
  readonly holdsTarget: boolean;
  /** @param effects what has followed from the moment so far; they come first in the answer */
  next(state: LoopState, rules: LoopRules, effects: readonly Effect[], moment: Moment): Advance;
}

/** Whether `interval` epochs have passed since the last pruning, or another `intervalSteps` steps. */
export function isIntervalOver(state: LoopState, { pruning }: LoopRules, isEpochEnd: boolean): boolean {
  if (pruning.intervalSteps !== undefined) return !isEpochEnd;
  return isEpochEnd && state.phaseEpoch >= pruning.interval;
}

export function prune(state: LoopState, effects: readonly Effect[], fraction: number, reason: string): Advance {
  return {
    state: { ...state, phase: "prune", search: null, todo: { do: "prune", fraction } },
    effects: [...effects, { effect: "phase", phase: "prune", reason }],
  };
}
