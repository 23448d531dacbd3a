import { conclude, isAtSparsity, partMissing, spentBudget } from "../loopMoves.ts";
import type { LoopRules } from "../loopState.ts";
import { isIntervalOver, prune, type Schedule } from "./schedule.ts";

/**
 * s(t) = s_f·(1 − (1 − t/T)³), whatever the metric is: Zhu and Gupta, arXiv 1710.01878, with s_f the target and T the part
 * `ramp` of `maxEpochs`; the rest is trained at the target. All methods thus meet at one sparsity after equal training.
 */
export const cubic: Schedule = {
  holdsTarget: true,
  next(state, rules, effects, { isEpochEnd, epochs }) {
    const stop = spentBudget(state, rules);
    const goal = goalAt(rules, epochs);
    const isDue = isIntervalOver(state, rules, isEpochEnd) || stop !== undefined;
    if (isDue && !isAtSparsity(state, goal)) return prune(state, effects, partMissing(state, goal), "cubic schedule");
    return stop === undefined ? { state, effects } : conclude(state, rules, effects, stop);
  },
};

function goalAt({ pruning }: LoopRules, epochs: number): number {
  const left = 1 - Math.min(1, epochs / (pruning.ramp * pruning.maxEpochs));
  return pruning.targetSparsity * (1 - left ** 3);
}
