/** Moves of the loop, and the questions that decide between them: see loop.ts. */

import type { Score } from "../protocol/run.ts";
import { isBetter, isWithinBound } from "./bound.ts";
import type { Advance, Effect, LoopRules, LoopState } from "./loopState.ts";

/** The target counts as reached when no more than this part of the remaining weights is missing. */
const AT_TARGET = 1 / 1000;

/** The loop is over: fine-tune the sparsest state. */
export function conclude(state: LoopState, rules: LoopRules, effects: readonly Effect[], reason: string): Advance {
  if (rules.pruning.finetuneEpochs > 0 && state.sparsity > 0) {
    return enter({ ...state, candidate: "sparsest" }, effects, "finetune", reason);
  }
  const restored: Effect[] = [...effects, { effect: "restore", slot: "best" }];
  return finish({ ...state, sparsity: state.best?.sparsity ?? 0, score: state.best?.score ?? null }, restored, reason);
}

export function enter(
  state: LoopState,
  effects: readonly Effect[],
  phase: "recover" | "finetune",
  reason: string,
  options: { readonly reset: boolean } = { reset: true },
): Advance {
  return {
    state: { ...state, phase, phaseEpoch: 0, stage: null, search: null, todo: { do: "epoch" } },
    effects: [
      ...effects,
      ...(options.reset ? [{ effect: "resetOptimizer" } as const] : []),
      { effect: "phase", phase, reason },
    ],
  };
}

export function finish(state: LoopState, effects: readonly Effect[], reason: string): Advance {
  return {
    state: { ...state, phase: "done", todo: { do: "finish" } },
    effects: [...effects, { effect: "phase", phase: "done", reason }],
  };
}

/** Remembers the best epoch by metric, loss breaking ties. */
export function keepStageBest(state: LoopState, rules: LoopRules, score: Score): Advance {
  if (state.stage !== null && !isBetter(rules.metric, score, state.stage.score)) {
    return { state: { ...state, stage: { ...state.stage, since: state.stage.since + 1 } }, effects: [] };
  }
  return { state: { ...state, stage: { score, since: 0 } }, effects: [{ effect: "save", slot: "stage" }] };
}

/** Remembers the sparsest state that meets the bound, the better one among equally sparse. */
export function keepBest(state: LoopState, rules: LoopRules, score: Score, effects: Effect[]): LoopState {
  const { best } = state;
  const sparser = best === null || state.sparsity > best.sparsity;
  const better = best !== null && state.sparsity === best.sparsity && isBetter(rules.metric, score, best.score);
  if (!(sparser || better) || !isWithin(rules, state, score)) return state;
  effects.push({ effect: "save", slot: "best" });
  return { ...state, best: { sparsity: state.sparsity, score } };
}

export function isWithin(rules: LoopRules, state: LoopState, score: Score): boolean {
  return state.reference !== null && isWithinBound(rules.metric, rules.pruning.bound, score, state.reference);
}

/** Within the bound of the dense reference, or of the unpruned network under the same learning rate. */
export function isRecovered(rules: LoopRules, state: LoopState, score: Score): boolean {
  const { bound } = rules.pruning;
  return (
    isWithin(rules, state, score) || (state.warm !== null && isWithinBound(rules.metric, bound, score, state.warm))
  );
}

/** Part of the remaining weights that is to be pruned on the way to `goal`; at most 1. */
export function partMissing(state: LoopState, goal: number): number {
  return Math.min(1, (goal - state.sparsity) / (1 - state.sparsity));
}

/** Part of the remaining weights that is still to be pruned on the way to the target. */
export function missingPart(state: LoopState, rules: LoopRules): number {
  return partMissing(state, rules.pruning.targetSparsity);
}

/** Weights come whole, so a pruning lands a little beside its goal. */
export function isAtSparsity(state: LoopState, goal: number): boolean {
  return partMissing(state, goal) < AT_TARGET;
}

export function isAtTarget(state: LoopState, rules: LoopRules): boolean {
  return isAtSparsity(state, rules.pruning.targetSparsity);
}

export function spentBudget(state: LoopState, rules: LoopRules): string | undefined {
  const { maxEpochs, maxMinutes } = rules.pruning;
  if (state.pruningEpochs >= maxEpochs) return "budget of epochs used up";
  if (maxMinutes !== undefined && state.pruningSeconds >= maxMinutes * 60) return "budget of minutes used up";
  return undefined;
}
