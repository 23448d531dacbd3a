/**
 * Iterative pruning as a state machine: plain JSON state, what to do next (`todo`), and what followed from the last
 * outcome. It trains nothing itself, so a test replays whole runs without a network, and a checkpoint is a copy of it.
 *
 *   train ──▶ recover ──▶ search ──▶ prune ──▶ recover …
 *                │           └─ nothing to prune ──▶ recover
 *                └─ target, budget, or no way back ──▶ finetune ──▶ done
 *
 * train      dense, without regularization; its best epoch is the dense reference
 * recover    with the regularized update, until `interval` epochs have passed or a plateau is reached
 * search     bisection for the largest threshold whose loss is within `tolerance` of this stage's reference, and whose
 *            metric is within `bound` of the dense reference or of the unpruned network at the full learning rate (its
 *            noise goes away in fine-tuning); only a threshold that was tested is ever used
 * prune      the masks are fixed
 * finetune   without regularization, from the sparsest state; where that misses the bound, from the sparsest state that
 *            met it on the way
 *
 * After LOBSTER (arXiv 2011.09905; TWT = tolerance, PWE = patience), whose search returns an untested midpoint and whose
 * bound compounds from stage to stage.
 */
import type { Phase } from "../protocol/events.ts";
import type { Score } from "../protocol/run.ts";
import type { Settings } from "../protocol/settings.ts";
import { isBetter, isWithinBound, type MetricKind } from "./bound.ts";

/** Most probes of one search; each halves the interval. */
const MAX_PROBES = 10;
/** The search ends when the interval is this part of the remaining weights. */
const RESOLUTION = 1 / 256;

/** The target counts as reached when no more than this part of the remaining weights is missing. */
const AT_TARGET = 1 / 1000;

export interface LoopRules {
  readonly epochs: Settings["epochs"];
  readonly pruning: Settings["pruning"];
  readonly metric: MetricKind;
}

/** Memory for weights and masks. `stage`: best of this phase. `best`: sparsest that meets the bound. */
export type Slot = "stage" | "best";

/** What the executor has to do next. */
export type Todo =
  | { readonly do: "epoch" }
  /** Try to prune this fraction of the remaining weights; put everything back. */
  | { readonly do: "probe"; readonly fraction: number }
  | { readonly do: "prune"; readonly threshold: number }
  | { readonly do: "finish" };

export type Outcome =
  | { readonly of: "epoch"; readonly validation: Score; readonly seconds: number }
  | { readonly of: "probe"; readonly threshold: number; readonly sparsity: number; readonly validation: Score }
  | { readonly of: "prune"; readonly pruned: number; readonly sparsity: number; readonly validation: Score }
  /** The user wants weights pruned now; the score is that of the state as it stands. */
  | { readonly of: "request"; readonly validation: Score };

/** What follows at once from an outcome, in order. */
export type Effect =
  | { readonly effect: "save" | "restore"; readonly slot: Slot }
  /** Forget the optimizer's state: a phase begins. */
  | { readonly effect: "resetOptimizer" }
  | { readonly effect: "phase"; readonly phase: Phase; readonly reason: string }
  | { readonly effect: "reference"; readonly validation: Score }
  /** `limit` is the largest validation loss that is accepted. */
  | { readonly effect: "probed"; readonly accepted: boolean; readonly limit: number };

interface Search {
  readonly reference: Score;
  /** Largest fraction accepted, smallest rejected. */
  readonly low: number;
  readonly high: number;
  readonly probes: number;
  readonly accepted: { readonly threshold: number; readonly sparsity: number } | null;
  /** By the user: whatever can be pruned is, and finding nothing says nothing about the stages. */
  readonly isAsked?: boolean;
}

export interface LoopState {
  readonly phase: Phase;
  readonly todo: Todo;
  /** Epochs in all, and in this stage of this phase. */
  readonly epoch: number;
  readonly phaseEpoch: number;
  /** Epochs and seconds of regularized training. */
  readonly pruningEpochs: number;
  readonly pruningSeconds: number;
  readonly sparsity: number;
  readonly reference: Score | null;
  /**
   * Score at the end of the first stage of regularized training, with nothing pruned yet: what the full learning rate
   * costs by itself, which fine-tuning wins back.
   */
  readonly warm: Score | null;
  /** Best score of this stage, and epochs since it. */
  readonly stage: { readonly score: Score; readonly since: number } | null;
  readonly best: { readonly sparsity: number; readonly score: Score } | null;
  readonly search: Search | null;
  /** Stages in a row that pruned less than `minPruned`. */
  readonly fruitless: number;
  /** Whether fine-tuning works on the sparsest state or on the fallback `best`. */
  readonly candidate: "sparsest" | "best";
  /** Score of the state as it stands. */
  readonly score: Score | null;
}

export interface Advance {
  readonly state: LoopState;
  readonly effects: readonly Effect[];
}

export function startLoop(): LoopState {
  return {
    phase: "train",
    todo: { do: "epoch" },
    epoch: 0,
    phaseEpoch: 0,
    pruningEpochs: 0,
    pruningSeconds: 0,
    sparsity: 0,
    reference: null,
    warm: null,
    stage: null,
    best: null,
    search: null,
    fruitless: 0,
    candidate: "sparsest",
    score: null,
  };
}

/** Most epochs a run can take, for the time left. */
export function plannedEpochs(rules: LoopRules): number {
  return rules.epochs + rules.pruning.maxEpochs + (rules.pruning.maxEpochs > 0 ? rules.pruning.finetuneEpochs : 0);
}

/** λ of the phase: only recovery is regularized. */
export function lambdaOf(phase: Phase, rules: LoopRules): number {
  return phase === "recover" ? rules.pruning.lambda : 0;
}

/** Part of the phase that is over when `within` (0..1) of the coming epoch is. */
export function phaseProgress(state: LoopState, rules: LoopRules, within: number): number {
  const length = state.phase === "train" ? rules.epochs : rules.pruning.finetuneEpochs;
  return (state.phaseEpoch + within) / Math.max(1, length);
}

export function advance(state: LoopState, rules: LoopRules, outcome: Outcome): Advance {
  if (outcome.of === "probe") return afterProbe(state, rules, outcome);
  if (outcome.of === "prune") return afterPrune(state, rules, outcome);
  if (outcome.of === "request") return afterRequest(state, rules, outcome.validation);
  const next: LoopState = {
    ...state,
    epoch: state.epoch + 1,
    phaseEpoch: state.phaseEpoch + 1,
    score: outcome.validation,
  };
  if (state.phase === "train") return afterDenseEpoch(next, rules, outcome.validation);
  if (state.phase === "finetune") return afterFinetuneEpoch(next, rules, outcome.validation);
  const spent = { pruningEpochs: state.pruningEpochs + 1, pruningSeconds: state.pruningSeconds + outcome.seconds };
  return afterRecoverEpoch({ ...next, ...spent }, rules, outcome.validation);
}

function afterDenseEpoch(state: LoopState, rules: LoopRules, score: Score): Advance {
  const kept = keepStageBest(state, rules, score);
  if (state.phaseEpoch < rules.epochs) return kept;
  const reference = kept.state.stage?.score ?? score;
  const effects: Effect[] = [
    ...kept.effects,
    { effect: "restore", slot: "stage" },
    { effect: "reference", validation: reference },
    { effect: "save", slot: "best" },
  ];
  const dense: LoopState = { ...kept.state, reference, score: reference, best: { sparsity: 0, score: reference } };
  if (rules.pruning.maxEpochs === 0) return finish(dense, effects, "dense model trained");
  return enter(dense, effects, "recover", "dense reference reached");
}

function afterRecoverEpoch(state: LoopState, rules: LoopRules, score: Score): Advance {
  const { pruning } = rules;
  const waitsForPlateau = pruning.interval === 0;
  const improved = state.stage === null || score.loss < state.stage.score.loss * (1 - pruning.minDelta);
  const stage =
    improved || state.stage === null ? { score, since: 0 } : { ...state.stage, since: state.stage.since + 1 };
  const effects: Effect[] = waitsForPlateau && improved ? [{ effect: "save", slot: "stage" }] : [];
  const seen = keepBest({ ...state, stage }, rules, score, effects);
  const stop = spentBudget(seen, rules);
  if (stop !== undefined) return conclude(seen, rules, effects, stop);

  const within = isWithin(rules, seen, score);
  if (within && seen.sparsity >= pruning.targetSparsity)
    return conclude(seen, rules, effects, "target sparsity reached");
  const stageOver = waitsForPlateau ? stage.since >= pruning.patience : seen.phaseEpoch >= pruning.interval;
  if (!stageOver) return { state: seen, effects };
  if (waitsForPlateau) effects.push({ effect: "restore", slot: "stage" });
  const base = waitsForPlateau ? stage.score : score;
  const ended: LoopState = { ...seen, warm: seen.warm ?? base };
  if (isRecovered(rules, ended, base)) return startSearch(ended, rules, effects, base);
  const lost = waitsForPlateau || seen.phaseEpoch >= pruning.interval + pruning.patience;
  return lost ? conclude(ended, rules, effects, "could not recover to the bound") : { state: ended, effects };
}

function afterRequest(state: LoopState, rules: LoopRules, score: Score): Advance {
  if (state.phase !== "recover") throw new Error(`asked to prune in phase ${state.phase}`);
  if (isAtTarget(state, rules)) {
    return {
      state,
      effects: [{ effect: "phase", phase: "recover", reason: "asked to prune, but the target is reached" }],
    };
  }
  return startSearch({ ...state, score, warm: state.warm ?? score }, rules, [], score, "asked for");
}

function startSearch(
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

function afterProbe(state: LoopState, rules: LoopRules, outcome: Extract<Outcome, { of: "probe" }>): Advance {
  if (state.search === null || state.todo.do !== "probe") throw new Error("a probe outside a search");
  const { fraction } = state.todo;
  const { reference, isAsked = false } = state.search;
  const { validation } = outcome;
  const limit = reference.loss * (1 + rules.pruning.tolerance);
  const isClose = validation.loss <= limit;
  const accepted = isClose && isRecovered(rules, state, validation);
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
    return {
      state: { ...state, phase: "prune", search: null, todo: { do: "prune", threshold: search.accepted.threshold } },
      effects: [...effects, { effect: "phase", phase: "prune", reason: "threshold found" }],
    };
  }
  if (isAsked) return enter({ ...state, search: null }, effects, "recover", "nothing to prune now", { reset: false });
  const fruitless = state.fruitless + 1;
  const idle: LoopState = { ...state, search: null, fruitless };
  if (fruitless >= rules.pruning.patience) return conclude(idle, rules, effects, "nothing more to prune");
  return enter(idle, effects, "recover", "less than minPruned to prune", { reset: false });
}

function afterPrune(state: LoopState, rules: LoopRules, outcome: Extract<Outcome, { of: "prune" }>): Advance {
  const pruned: LoopState = { ...state, sparsity: outcome.sparsity, score: outcome.validation, fruitless: 0 };
  const effects: Effect[] = [];
  const seen = keepBest(pruned, rules, outcome.validation, effects);
  if (isAtTarget(seen, rules)) return conclude(seen, rules, effects, "target sparsity reached");
  return enter(seen, effects, "recover", "weights pruned", { reset: false });
}

/** The loop is over: fine-tune the sparsest state. */
function conclude(state: LoopState, rules: LoopRules, effects: readonly Effect[], reason: string): Advance {
  if (rules.pruning.finetuneEpochs > 0 && state.sparsity > 0) {
    return enter({ ...state, candidate: "sparsest" }, effects, "finetune", reason);
  }
  const restored: Effect[] = [...effects, { effect: "restore", slot: "best" }];
  return finish({ ...state, sparsity: state.best?.sparsity ?? 0, score: state.best?.score ?? null }, restored, reason);
}

function afterFinetuneEpoch(state: LoopState, rules: LoopRules, score: Score): Advance {
  const kept = keepStageBest(state, rules, score);
  if (state.phaseEpoch < rules.pruning.finetuneEpochs) return kept;
  const isFallback = state.candidate === "best";
  const isGood = (tuned: Score): boolean =>
    isFallback ? !isWorseThanBest(kept.state, rules, tuned) : isWithin(rules, state, tuned);
  // The last epoch has the smallest learning rate. The best of many epochs by a noisy metric is often an early, lucky one:
  // on MNIST its test error was up to half a point above what validation promised.
  if (isGood(score)) return finish({ ...kept.state, score }, kept.effects, "fine-tuned");
  const bestEpoch = kept.state.stage?.score ?? score;
  if (isGood(bestEpoch)) {
    const restored: Effect[] = [...kept.effects, { effect: "restore", slot: "stage" }];
    return finish({ ...kept.state, score: bestEpoch }, restored, "fine-tuned, to its best epoch");
  }
  const back: LoopState = {
    ...kept.state,
    sparsity: state.best?.sparsity ?? 0,
    score: state.best?.score ?? null,
    candidate: "best",
  };
  const restored: Effect[] = [...kept.effects, { effect: "restore", slot: "best" }];
  if (isFallback) return finish(back, restored, "fine-tuning did not help");
  if (back.sparsity === 0) return finish(back, restored, "no sparse state met the bound");
  return enter(back, restored, "finetune", "the sparsest state missed the bound");
}

function enter(
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

function finish(state: LoopState, effects: readonly Effect[], reason: string): Advance {
  return {
    state: { ...state, phase: "done", todo: { do: "finish" } },
    effects: [...effects, { effect: "phase", phase: "done", reason }],
  };
}

/** Remembers the best epoch by metric, loss breaking ties. */
function keepStageBest(state: LoopState, rules: LoopRules, score: Score): Advance {
  if (state.stage !== null && !isBetter(rules.metric, score, state.stage.score)) {
    return { state: { ...state, stage: { ...state.stage, since: state.stage.since + 1 } }, effects: [] };
  }
  return { state: { ...state, stage: { score, since: 0 } }, effects: [{ effect: "save", slot: "stage" }] };
}

/** Remembers the sparsest state that meets the bound, the better one among equally sparse. */
function keepBest(state: LoopState, rules: LoopRules, score: Score, effects: Effect[]): LoopState {
  const { best } = state;
  const sparser = best === null || state.sparsity > best.sparsity;
  const better = best !== null && state.sparsity === best.sparsity && isBetter(rules.metric, score, best.score);
  if (!(sparser || better) || !isWithin(rules, state, score)) return state;
  effects.push({ effect: "save", slot: "best" });
  return { ...state, best: { sparsity: state.sparsity, score } };
}

function isWorseThanBest(state: LoopState, rules: LoopRules, score: Score): boolean {
  return state.best !== null && isBetter(rules.metric, state.best.score, score);
}

function isWithin(rules: LoopRules, state: LoopState, score: Score): boolean {
  return state.reference !== null && isWithinBound(rules.metric, rules.pruning.bound, score, state.reference);
}

/** Within the bound of the dense reference, or of the unpruned network under the same learning rate. */
function isRecovered(rules: LoopRules, state: LoopState, score: Score): boolean {
  const { bound } = rules.pruning;
  return (
    isWithin(rules, state, score) || (state.warm !== null && isWithinBound(rules.metric, bound, score, state.warm))
  );
}

/** Part of the remaining weights that is still to be pruned on the way to the target. */
function missingPart(state: LoopState, rules: LoopRules): number {
  return Math.min(1, (rules.pruning.targetSparsity - state.sparsity) / (1 - state.sparsity));
}

/** Weights come whole, so a pruning lands a little short of its target. */
function isAtTarget(state: LoopState, rules: LoopRules): boolean {
  return missingPart(state, rules) < AT_TARGET;
}

function spentBudget(state: LoopState, rules: LoopRules): string | undefined {
  const { maxEpochs, maxMinutes } = rules.pruning;
  if (state.pruningEpochs >= maxEpochs) return "budget of epochs used up";
  if (maxMinutes !== undefined && state.pruningSeconds >= maxMinutes * 60) return "budget of minutes used up";
  return undefined;
}
