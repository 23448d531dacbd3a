/**
 * Iterative pruning as a state machine: plain JSON state, what to do next (`todo`), and what followed from the last
 * outcome. It trains nothing itself, so a test replays whole runs without a network, and a checkpoint is a copy of it.
 *
 *   train ──▶ recover ──▶ (search) ──▶ prune ──▶ recover …
 *                │           └─ nothing to prune ──▶ recover
 *                └─ target, budget, or no way back ──▶ finetune ──▶ done
 *
 * train      dense, without regularization; its best epoch is the dense reference
 * recover    with the regularized update, until the schedule (schedules/) prunes: `search`, `fraction` or `cubic`
 * search     bisection for the largest threshold whose loss is within `tolerance` of this stage's reference, and whose
 *            metric is within `bound` of the dense reference or of the unpruned network at the full learning rate (its
 *            noise goes away in fine-tuning); only a threshold that was tested is ever used
 * prune      the masks are set
 * finetune   without regularization, from the sparsest state; where that misses the bound, from the sparsest state that
 *            met it on the way
 */
import type { Phase } from "../protocol/events.ts";
import type { Score, TrialScore } from "../protocol/run.ts";
import { isBetter, isTaken } from "./bound.ts";
import { conclude, enter, finish, isAtTarget, isWithin, keepBest, keepStageBest, spentBudget } from "./loopMoves.ts";
import type { Advance, Effect, LoopRules, LoopState, Outcome } from "./loopState.ts";
import { SCHEDULES } from "./schedules/index.ts";
import { afterProbe, startSearch } from "./schedules/search.ts";

/** Most epochs a run can take, for the time left. */
export function plannedEpochs(rules: LoopRules): number {
  return rules.epochs + rules.pruning.maxEpochs + (rules.pruning.maxEpochs > 0 ? rules.pruning.finetuneEpochs : 0);
}

/**
 * Strength of the regularization, λ or γ by the coupling; null in phases without it: only recovery is regularized.
 * @param stage epochs since regularized training began or weights were pruned, parts included
 */
export function strengthOf(phase: Phase, { pruning }: LoopRules, stage: number): number | null {
  if (phase !== "recover") return null;
  const full = pruning.coupling === "optimizer" ? pruning.gamma : pruning.lambda;
  return pruning.decay === "epoch" ? full * Math.max(0, 1 - stage) : full;
}

/** Part of the phase that is over when `within` (0..1) of the coming epoch is. */
export function phaseProgress(state: LoopState, rules: LoopRules, within: number): number {
  switch (state.phase) {
    case "train":
      return (state.phaseEpoch + within) / rules.epochs;
    case "finetune":
      return (state.phaseEpoch + within) / Math.max(1, rules.pruning.finetuneEpochs);
    default:
      return (state.pruningEpochs + within) / Math.max(1, rules.pruning.maxEpochs);
  }
}

/** Whether the coming epoch, in which the metric is taken every so many epochs, is one of them: the last of a phase always is. */
export function isMetricDue(state: LoopState, rules: LoopRules, every: number): boolean {
  const isLast = {
    train: state.phaseEpoch + 1 >= rules.epochs,
    finetune: state.phaseEpoch + 1 >= rules.pruning.finetuneEpochs,
    recover: state.pruningEpochs + 1 >= rules.pruning.maxEpochs,
  };
  return (state.epoch + 1) % every === 0 || (state.phase in isLast && isLast[state.phase as keyof typeof isLast]);
}

export function advance(state: LoopState, rules: LoopRules, outcome: Outcome): Advance {
  switch (outcome.of) {
    case "loaded":
      return enterPruning(state, rules, [], outcome.validation, "dense model loaded");
    case "probe":
      return afterProbe(state, rules, outcome);
    case "prune":
      return afterPrune(state, rules, outcome);
    case "request":
      return afterRequest(state, rules, outcome.validation);
    case "interval":
      return afterInterval(state, rules, outcome);
    case "epoch":
      return afterEpoch(state, rules, outcome);
  }
}

function afterEpoch(state: LoopState, rules: LoopRules, outcome: Extract<Outcome, { of: "epoch" }>): Advance {
  const { validation } = outcome;
  const next = { ...state, epoch: state.epoch + 1, phaseEpoch: state.phaseEpoch + 1, score: validation };
  if (state.phase === "train") return afterDenseEpoch(next, rules, validation);
  if (state.phase === "finetune") return afterFinetuneEpoch(next, rules, validation);
  const pruningEpochs = state.pruningEpochs + 1;
  const spent = { ...next, pruningEpochs, pruningSeconds: state.pruningSeconds + outcome.seconds };
  return afterRecoverEpoch(spent, rules, validation);
}

function afterDenseEpoch(state: LoopState, rules: LoopRules, score: TrialScore): Advance {
  if (!isTaken(score)) return { state, effects: [] };
  const kept = keepStageBest(state, rules, score);
  if (state.phaseEpoch < rules.epochs) return kept;
  const effects: readonly Effect[] = [...kept.effects, { effect: "restore", slot: "stage" }];
  return enterPruning(kept.state, rules, effects, kept.state.stage?.score ?? score, "dense reference reached");
}

function enterPruning(
  state: LoopState,
  rules: LoopRules,
  effects: readonly Effect[],
  reference: Score,
  reason: string,
): Advance {
  const kept: readonly Effect[] = [
    ...effects,
    { effect: "reference", validation: reference },
    { effect: "save", slot: "best" },
  ];
  const dense: LoopState = { ...state, reference, score: reference, best: { sparsity: 0, score: reference } };
  if (rules.pruning.maxEpochs === 0) return finish(dense, kept, "dense model trained");
  return enter(dense, kept, "recover", reason);
}

function afterRecoverEpoch(state: LoopState, rules: LoopRules, score: TrialScore): Advance {
  const { pruning } = rules;
  const moment = { score, isEpochEnd: true, epochs: state.pruningEpochs };
  if (!isTaken(score)) return SCHEDULES[pruning.schedule].next(state, rules, [], moment);
  const improved = state.stage === null || score.loss < state.stage.score.loss * (1 - pruning.minDelta);
  const stage =
    improved || state.stage === null ? { score, since: 0 } : { ...state.stage, since: state.stage.since + 1 };
  // A plateau goes back to its best epoch.
  const effects: Effect[] = pruning.interval === 0 && improved ? [{ effect: "save", slot: "stage" }] : [];
  const seen = keepBest({ ...state, stage }, rules, score, effects);
  return SCHEDULES[pruning.schedule].next(seen, rules, effects, moment);
}

function afterInterval(state: LoopState, rules: LoopRules, outcome: Extract<Outcome, { of: "interval" }>): Advance {
  const { validation: score, within } = outcome;
  const effects: Effect[] = [];
  const seen = keepBest({ ...state, score }, rules, score, effects);
  return SCHEDULES[rules.pruning.schedule].next(seen, rules, effects, {
    score,
    isEpochEnd: false,
    epochs: state.pruningEpochs + within,
  });
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

function afterPrune(state: LoopState, rules: LoopRules, outcome: Extract<Outcome, { of: "prune" }>): Advance {
  const pruned: LoopState = { ...state, sparsity: outcome.sparsity, score: outcome.validation, fruitless: 0 };
  const effects: Effect[] = [];
  const seen = isTaken(outcome.validation) ? keepBest(pruned, rules, outcome.validation, effects) : pruned;
  if (isAtTarget(seen, rules) && !SCHEDULES[rules.pruning.schedule].holdsTarget) {
    return conclude(seen, rules, effects, "target sparsity reached");
  }
  const stop = spentBudget(seen, rules);
  if (stop !== undefined) return conclude(seen, rules, effects, stop);
  return enter(seen, effects, "recover", "weights pruned", { reset: false });
}

function afterFinetuneEpoch(state: LoopState, rules: LoopRules, score: TrialScore): Advance {
  if (!isTaken(score)) return { state, effects: [] };
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

function isWorseThanBest(state: LoopState, rules: LoopRules, score: Score): boolean {
  return state.best !== null && isBetter(rules.metric, state.best.score, score);
}
