import { isTaken } from "../bound.ts";
import { conclude, isWithin, missingPart, spentBudget } from "../loopMoves.ts";
import { isIntervalOver, prune, type Schedule } from "./schedule.ts";

/**
 * A fixed part of the surviving weights whenever an evaluation meets the bound; otherwise training simply goes on until
 * the next one: the loop of the code of arXiv 2204.04977.
 */
export const fraction: Schedule = {
  holdsTarget: false,
  next(state, rules, effects, { score, isEpochEnd }) {
    const stop = spentBudget(state, rules);
    if (stop !== undefined) return conclude(state, rules, effects, stop);
    const isDue = isIntervalOver(state, rules, isEpochEnd);
    if (!isDue || !isTaken(score) || !isWithin(rules, state, score)) return { state, effects };
    return prune(state, effects, Math.min(rules.pruning.fraction, missingPart(state, rules)), "within the bound");
  },
};
