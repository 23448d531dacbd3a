/** What the training loop is given, what it gives back, and the world outside it. */
import type * as Tf from "@tensorflow/tfjs";
import type { AnyDataSet } from "../data/types.ts";
import type { NewEvent } from "../protocol/events.ts";
import type { Predictions } from "../protocol/predictions.ts";
import type { RunResult } from "../protocol/run.ts";
import type { Settings } from "../protocol/settings.ts";
import type { Checkpoint } from "../runs/checkpoint/checkpoint.ts";
import type { TestTexts } from "../runs/record/testTexts.ts";
import type { Augment } from "./augmentation.ts";
import type { Judgement } from "./judgement.ts";
import type { Network } from "./network.ts";
import type { ShrinkParts } from "./shrinking.ts";

/** The world outside the loop. */
export interface Ports {
  emit(event: NewEvent): void;
  /** Writes a checkpoint that covers all events emitted so far; `kept` is the user's, and no other takes its place. */
  save(state: unknown, tensors: Checkpoint["tensors"], kind: CheckpointKind): void;
  /**
   * The weights of the dense reference, by name: at the moment when it is set, before any checkpoint that knows of it, so that a run
   * that crashes meanwhile comes by here again. Missing where nobody wants them.
   */
  readonly keepDense?: ((weights: Checkpoint["tensors"]) => void) | undefined;
  /** Milliseconds; only differences count. */
  now(): number;
  /**
   * Lets messages in; while the run is paused, returns when it goes on. `checkpoint` is called before it waits, and when
   * the user wants one. `prune`: the user wants weights pruned now.
   */
  breathe(checkpoint: (kind: CheckpointKind) => void): Promise<"go on" | "stop" | "prune">;
}

export type CheckpointKind = "latest" | "kept";

export interface LoopInput {
  readonly tf: typeof Tf;
  readonly network: Network;
  readonly data: AnyDataSet;
  readonly settings: Settings;
  /** Of training batches; missing where they are trained on as they are. */
  readonly augment?: Augment | undefined;
  /** What it takes to train a smaller network where units do nothing; missing where the model is trained as it is. */
  readonly shrink?: ShrinkParts | undefined;
  /** What the model says of validation examples as it stands; missing where targets are neither classes nor a value each. */
  readonly judge?: (() => Judgement) | undefined;
  /** Of a model that was trained elsewhere, by weight name; the dense phase is left out. */
  readonly initialWeights?: ReadonlyMap<string, Float32Array> | undefined;
  readonly resumeFrom: Checkpoint | undefined;
}

export interface LoopEnd extends Omit<RunResult, "id" | "engine"> {
  /** Of the dense reference and of the model as it ended. */
  readonly predictions?: Predictions;
  /** What both wrote for the test split, where they write. */
  readonly testTexts?: TestTexts | undefined;
}
