/** What a comparison of runs holds: made in `runs/compare/compare.ts`, shown by the panel, printed by the command line. */
import type { LayerSummary, RunState, Score, TrialScore } from "./run.ts";

/** Decisions belong on the validation split; the test split is for reporting. */
export const SPLITS = ["validation", "test"] as const;
export type Split = (typeof SPLITS)[number];

export const EXPORT_FORMATS = ["md", "csv", "latex"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** One run, all its figures as stored. Where there is no result yet, the figures are those of the newest epoch. */
export interface ComparedRun {
  readonly id: string;
  readonly dir: string;
  /** Of the user's words; may be the same for several runs. */
  readonly name: string;
  /** Name and the end of the id: tells the runs of one comparison apart. */
  readonly label: string;
  readonly state: RunState;
  readonly createdAt: string;
  readonly seed?: number;
  readonly modelFile: string;
  readonly exportName: string;
  readonly modelSha256?: string;
  readonly metric: string;
  readonly better: Better;
  /** Whether the figures are those of the run's result, and not of an epoch on the way. */
  readonly isResult: boolean;
  /** 0..1 */
  readonly sparsity: number;
  readonly validation?: Score;
  readonly test?: Score;
  /** The dense reference of the same run. */
  readonly reference?: Score;
  readonly referenceTest?: Score;
  /** Of all parameters; of the prunable weights while there is no result. */
  readonly params?: { readonly total: number; readonly remaining: number };
  readonly epochs: number;
  /** Of training. */
  readonly seconds: number;
  readonly prunings: number;
  readonly layers: readonly LayerSummary[];
}

export type Better = "higher" | "lower";

/** Mean and sample standard deviation (n − 1) over `n` runs; one run has no deviation. */
export interface Spread {
  readonly mean: number;
  readonly sd?: number;
  readonly n: number;
}

/** Runs that differ by nothing but their seed; a run that has no such partner stands in a group of its own. */
export interface SeedGroup {
  /** Ids of all its runs. */
  readonly runs: readonly string[];
  readonly label: string;
  readonly seeds: readonly number[];
  /** Over its runs that have a result, one per seed. */
  readonly sparsity?: Spread;
  readonly validation?: Spread;
  readonly test?: Spread;
  /** Parameters left. */
  readonly params?: Spread;
  readonly seconds?: Spread;
}

/** One key whose value is not the same in all runs. `values` is in the order of the runs. */
export interface Difference {
  readonly key: string;
  readonly values: readonly (string | undefined)[];
  /** The same as numbers, where all values that there are, are numbers. */
  readonly numbers?: readonly (number | undefined)[];
}

/** `layers` is in the order of the runs; undefined where a run has no layer of this name. */
export interface ComparedLayer {
  readonly name: string;
  readonly layers: readonly (LayerSummary | undefined)[];
}

/** What a reader has to know before trusting the figures. */
export type Caveat =
  /** These runs measure something else than the first run does, so they are on no front. */
  | { readonly kind: "metric"; readonly runs: readonly string[]; readonly metric: string }
  | { readonly kind: "data" }
  /** Trained for many more epochs than the dense reference that they are held against. */
  | { readonly kind: "epochs"; readonly runs: readonly string[] }
  | { readonly kind: "unfinished"; readonly runs: readonly string[] }
  /** Runs with the configuration and seed of another one, left out of mean and deviation. */
  | { readonly kind: "repeated"; readonly runs: readonly string[] };

/** Ids of the runs, or of the first runs of the groups, that no other one beats in sparsity and metric at once. */
export type Fronts = Readonly<Record<Split, readonly string[]>>;

export interface Comparison {
  /** First metric of the first run. */
  readonly metric: string;
  readonly better: Better;
  readonly runs: readonly ComparedRun[];
  readonly groups: readonly SeedGroup[];
  readonly fronts: { readonly runs: Fronts; readonly groups: Fronts };
  readonly layers: readonly ComparedLayer[];
  readonly settings: readonly Difference[];
  readonly environment: readonly Difference[];
  readonly caveats: readonly Caveat[];
}

/** A run as it stood after an epoch. */
export interface CurvePoint {
  readonly epoch: number;
  /** Optimizer steps since the beginning. */
  readonly step: number;
  /** Of training. */
  readonly seconds: number;
  readonly sparsity: number;
  /** Mean training loss of the epoch. */
  readonly loss: number;
  readonly validation: TrialScore;
  /** Sparsity after the pruning that followed this epoch, if one did. */
  readonly prunedTo?: number;
}

export interface RunCurve {
  readonly id: string;
  /** 1, or k where only every k-th epoch is in `points` (those before a pruning always are). */
  readonly every: number;
  readonly points: readonly CurvePoint[];
}
