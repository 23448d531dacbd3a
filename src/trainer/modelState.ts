/**
 * The model of a run as the loop moves it from step to step: weights, masks and optimizer state, what is trained of it
 * (shrinking.ts), and the two memory slots. Everything is in terms of the user's model.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { AnyDataSet, Split } from "../data/types.ts";
import type { LayerSummary, Score, TrialScore } from "../protocol/run.ts";
import type { Settings } from "../protocol/settings.ts";
import type { Slot } from "../pruning/loopState.ts";
import type { MaskedWeights } from "../pruning/masks.ts";
import { createUpdate, type Update } from "../pruning/update.ts";
import type { Checkpoint } from "../runs/checkpoint/checkpoint.ts";
import { Masking, type Trial } from "./masking.ts";
import type { Network } from "./network.ts";
import { Shrinking, type ShrinkParts } from "./shrinking.ts";
import {
  assignStored,
  assignWeights,
  packTensors,
  packWeights,
  type Snapshot,
  takeSnapshot,
  unpackSlot,
  unpackTensors,
} from "./snapshot.ts";
import type { StepRequest, TrainingStep } from "./trainingStep.ts";

export interface StateParts {
  readonly tf: typeof Tf;
  readonly network: Network;
  readonly data: AnyDataSet;
  readonly settings: Settings;
  readonly shrink?: ShrinkParts | undefined;
}

export interface Pruned {
  readonly threshold: number;
  /** Weights that are gone, those of units that do nothing any more included. */
  readonly pruned: number;
  readonly isSmaller: boolean;
}

export class ModelState {
  private readonly update: Update;
  private readonly shrinking: Shrinking;
  private readonly masking: Masking;
  private readonly slots = new Map<Slot, Snapshot>();

  constructor(private readonly parts: StateParts) {
    const { tf, network, settings, shrink } = parts;
    this.update = createUpdate(tf, network.parameters, settings);
    this.shrinking = new Shrinking(tf, network, this.update, settings, shrink);
    this.masking = new Masking(network, this.update, settings.pruning.threshold);
  }

  /** Trainable weights: of the user's model, and of what is trained. */
  get sizes(): { readonly model: number; readonly trained: number } {
    return this.shrinking.weights;
  }

  /** Updates since the optimizer's state was reset. */
  get updates(): number {
    return this.shrinking.trained.update.steps;
  }

  /** @returns the mean loss of the batches */
  train(request: StepRequest): number {
    return this.shrinking.train(request);
  }

  trainObserved(request: StepRequest): ReturnType<TrainingStep["runObserved"]> {
    return this.shrinking.trainObserved(request);
  }

  score(split: Split): Score {
    return this.shrinking.trained.network.evaluate(this.parts.data, split);
  }

  scoreMasked(split: Split, masks: ReadonlyMap<string, Float32Array>): TrialScore {
    return this.shrinking.trained.network.evaluateMasked(this.parts.data, split, this.shrinking.pickAll(masks));
  }

  /** The user's model gets the weights of what is trained, for whoever reads it. */
  bringUpToDate(): void {
    this.shrinking.pull();
  }

  summaries(): LayerSummary[] {
    return this.masking.summaries();
  }

  weights(): MaskedWeights[] {
    this.shrinking.pull();
    return this.masking.weights();
  }

  /** Embeddings and other tables, of which each row is a unit. */
  tables(): MaskedWeights[] {
    const { parameters } = this.parts.network;
    const names = new Set(parameters.filter(({ role }) => role?.units.of === "rows").map(({ name }) => name));
    return this.masking.weights().filter(({ name }) => names.has(name));
  }

  countParameters(): { readonly total: number; readonly remaining: number } {
    return this.masking.countParameters();
  }

  begin(weights: ReadonlyMap<string, Float32Array>): void {
    assignWeights(this.parts.tf, this.parts.network, weights);
  }

  /** What is left where `fraction` of the surviving weights goes too. */
  probe(fraction: number): Trial {
    this.shrinking.pull();
    return this.masking.probe(fraction);
  }

  /** To be called when a search is over: weights change, and their scores with them. */
  forgetRanking(): void {
    this.masking.forgetRanking();
  }

  prune(fraction: number): Pruned {
    const before = this.masking.countParameters().remaining;
    this.shrinking.pull();
    const threshold = this.masking.prune(fraction);
    this.shrinking.push(this.masking.masks);
    const isSmaller = this.shrink();
    return { threshold, pruned: before - this.masking.countParameters().remaining, isSmaller };
  }

  /** Leaves out the weights of units that do nothing. @returns whether the network that is trained has become smaller */
  private shrink(): boolean {
    const found = this.shrinking.shrink(this.masking.masks);
    for (const [name, mask] of found?.masks ?? []) this.masking.set(name, mask);
    return found?.isSmaller === true;
  }

  save(slot: Slot): void {
    this.shrinking.pull();
    this.slots.set(slot, takeSnapshot(this.parts.network, this.masking.masks));
  }

  forget(slot: Slot): void {
    this.slots.delete(slot);
  }

  /** @returns whether another network is trained now */
  restore(slot: Slot): boolean {
    const snapshot = this.slots.get(slot);
    if (snapshot === undefined) throw new Error(`nothing saved as ${slot}`);
    const { weights, masks } = snapshot;
    this.shrinking.pull();
    const isSame = [...masks].every(([name, mask]) => isEqual(mask, this.masking.masks.get(name)));
    const wasSmaller = this.shrinking.isSmaller;
    // What was left out since then is needed again.
    if (!isSame) this.shrinking.grow();
    assignWeights(this.parts.tf, this.parts.network, weights);
    for (const [name, mask] of masks) this.masking.set(name, mask);
    this.shrinking.push(this.masking.masks);
    if (isSame || !wasSmaller) return false;
    this.shrink();
    return true;
  }

  resetOptimizer(): void {
    this.update.reset();
    this.shrinking.trained.update.reset();
  }

  /** By name alone. */
  packWeights(): Checkpoint["tensors"] {
    this.shrinking.pull();
    return packWeights(this.parts.network);
  }

  /** Everything that the next step depends on, as a checkpoint stores it. */
  pack(): Checkpoint["tensors"] {
    this.shrinking.pull();
    const all = packTensors(this.parts.network, this.update, this.masking.masks, this.slots);
    return new Map([...all, ...this.shrinking.pack()]);
  }

  /** @param updates see `updates` */
  unpack(tensors: Checkpoint["tensors"], updates: number): void {
    assignStored(this.parts.tf, this.parts.network, this.update, tensors);
    this.update.steps = updates;
    for (const [name, mask] of unpackTensors(tensors, "mask")) this.masking.set(name, mask);
    for (const slot of ["stage", "best"] as const) {
      const snapshot = unpackSlot(tensors, slot, this.masking.masks);
      if (snapshot !== undefined) this.slots.set(slot, snapshot);
    }
    this.shrinking.unpack(tensors, this.masking.masks);
  }

  dispose(): void {
    this.shrinking.dispose();
    this.update.dispose();
  }
}

function isEqual(one: Float32Array, other: Float32Array | undefined): boolean {
  return one.length === other?.length && one.every((value, index) => value === other[index]);
}
