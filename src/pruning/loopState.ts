/** What the loop is told, what it remembers and what it asks for: plain JSON, so that a checkpoint is a copy of it. */
import type { Phase } from "../protocol/events.ts";
import type { Score, TrialScore } from "../protocol/run.ts";
import type { Settings } from "../protocol/settings.ts";
import type { MetricKind } from "./bound.ts";

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
  /** Prune this fraction of the remaining weights. */
  | { readonly do: "prune"; readonly fraction: number }
  | { readonly do: "finish" };

export type Outcome =
  /** The dense model was trained elsewhere: it is the reference. */
  | { readonly of: "loaded"; readonly validation: Score }
  | { readonly of: "epoch"; readonly validation: TrialScore; readonly seconds: number }
  | { readonly of: "probe"; readonly threshold: number; readonly sparsity: number; readonly validation: TrialScore }
  | { readonly of: "prune"; readonly pruned: number; readonly sparsity: number; readonly validation: TrialScore }
  /** `intervalSteps` steps are over, `within` of the epoch (0..1). */
  | { readonly of: "interval"; readonly validation: Score; readonly within: number }
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

export interface Search {
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
  readonly score: TrialScore | null;
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
