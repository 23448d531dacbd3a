/**
 * Bisection for the largest part of the remaining weights whose pruning raises the validation loss by no more than
 * `tolerance` against this stage's, and keeps the metric within `bound`, where it is taken of trials. After LOBSTER (arXiv 2011.09905; TWT = tolerance,
 * PWE = patience), whose search returns an untested midpoint and whose bound compounds from stage to stage.
 */
import type { Score } from "../../protocol/run.ts";
import { isTaken } from "../bound.ts";
import { conclude, enter, isRecovered, isWithin, missingPart, spentBudget } from "../loopMoves.ts";
import type { Advance, Effect, LoopRules, LoopState, Outcome, Search } from "../loopState.ts";
import { isIntervalOver, prune, type Schedule } from "./schedule.ts";

/** Most probes of one search; each halves the interval. */
const MAX_PROBES = 10;
/** The search ends when the interval is this part of the remaining weights. */
const RESOLUTION = 1 / 256;

export function startSearch(
  state: LoopState,
  rules: LoopRules,
  effects: readonly Effect[],
  reference: Score,
  reason: "stage is over" | "asked for" = "stage is over",
): Advance {
  // Pruning this part of what remains lands on the target.
  const cap = missingPart(state, rules);
  const fraction = cap < 1 ? cap : 0.5;
  return {
    state: {
      ...state,
      phase: "search",
      search: { reference, low: 0, high: cap, probes: 0, accepted: null, isAsked: reason === "asked for" },
      todo: { do: "probe", fraction },
    },
    effects: [...effects, { effect: "phase", phase: "search", reason }],
  };
}

export function afterProbe(state: LoopState, rules: LoopRules, outcome: Extract<Outcome, { of: "probe" }>): Advance {
  if (state.search === null || state.todo.do !== "probe") throw new Error("a probe outside a search");
  const { fraction } = state.todo;
  const { reference, isAsked = false } = state.search;
  const { validation } = outcome;
  const limit = reference.loss * (1 + rules.pruning.tolerance);
  const isClose = validation.loss <= limit;
  const { loss, metric } = validation;
  // Where the metric is not taken of trials, the loss alone says how far to go; the next epochs say whether it is borne.
  const accepted = isClose && (metric === null ? Number.isFinite(loss) : isRecovered(rules, state, { loss, metric }));
  const search: Search = {
    reference,
    isAsked,
    probes: state.search.probes + 1,
    low: accepted ? fraction : state.search.low,
    high: accepted ? state.search.high : fraction,
    accepted: accepted ? { threshold: outcome.threshold, sparsity: outcome.sparsity } : state.search.accepted,
  };
  const effects: Effect[] = [{ effect: "probed", accepted, limit }];
  if (search.high - search.low > RESOLUTION && search.probes < MAX_PROBES) {
    const middle = (search.low + search.high) / 2;
    return { state: { ...state, search, todo: { do: "probe", fraction: middle } }, effects };
  }
  const removed = search.accepted === null ? 0 : (search.accepted.sparsity - state.sparsity) / (1 - state.sparsity);
  if (search.accepted !== null && removed > 0 && (isAsked || removed >= rules.pruning.minPruned)) {
    return prune(state, effects, search.low, "threshold found");
  }
  if (isAsked) return enter({ ...state, search: null }, effects, "recover", "nothing to prune now", { reset: false });
  const fruitless = state.fruitless + 1;
  const idle: LoopState = { ...state, search: null, fruitless };
  if (fruitless >= rules.pruning.patience) return conclude(idle, rules, effects, "nothing more to prune");
  return enter(idle, effects, "recover", "less than minPruned to prune", { reset: false });
}

export const search: Schedule = {
  holdsTarget: false,
  next(seen, rules, effects, { score, isEpochEnd }) {
    const { pruning } = rules;
    const stop = spentBudget(seen, rules);
    if (stop !== undefined) return conclude(seen, rules, effects, stop);
    if (!isTaken(score)) return { state: seen, effects };
    const within = isWithin(rules, seen, score);
    if (within && seen.sparsity >= pruning.targetSparsity)
      return conclude(seen, rules, effects, "target sparsity reached");
    const waitsForPlateau = pruning.intervalSteps === undefined && pruning.interval === 0;
    const { stage } = seen;
    const isPlateau = waitsForPlateau && stage !== null && stage.since >= pruning.patience;
    if (!(waitsForPlateau ? isPlateau : isIntervalOver(seen, rules, isEpochEnd))) return { state: seen, effects };
    const restored: readonly Effect[] = waitsForPlateau ? [...effects, { effect: "restore", slot: "stage" }] : effects;
    const base = waitsForPlateau && stage !== null ? stage.score : score;
    const ended: LoopState = { ...seen, warm: seen.warm ?? base };
    if (isRecovered(rules, ended, base)) return startSearch(ended, rules, restored, base);
    const lost = waitsForPlateau || seen.phaseEpoch >= pruning.interval + pruning.patience;
    return lost
      ? conclude(ended, rules, restored, "could not recover to the bound")
      : { state: ended, effects: restored };
  },
};
