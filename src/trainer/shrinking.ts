/**
 * While a run goes on, the network that is trained is the user's without the units that do nothing. Everything else (masks,
 * checkpoints, reports) speaks of the user's model, whose weights and optimizer state are brought up to date when they are
 * read (`pull`) and handed on when they were changed (`push`).
 *
 * Whether it pays is decided by what is computed, not by a clock, so that a run with the same seed has the same bits.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { Kept } from "../compact/analyze.ts";
import { type CompactModel, compactModel } from "../compact/compactModel.ts";
import { countFlops } from "../compact/flops.ts";
import { pick, spread } from "../compact/kept.ts";
import { disposeWeights, type Variable } from "../compact/weights.ts";
import { nameWeights } from "../models/weightNames.ts";
import type { Settings } from "../protocol/settings.ts";
import { createUpdate, type Update } from "../pruning/update.ts";
import type { StoredTensor } from "../runs/checkpoint/safetensors.ts";
import type { Network } from "./network.ts";
import { createTrainingStep, type StepRequest, type TrainingStep } from "./trainingStep.ts";

type TF = typeof Tf;
type Values = ReadonlyMap<string, Float32Array>;

/** What the smaller network computes, over what the one that is trained does: with more it is left as it is. */
const WORTH = 0.9;
/**
 * Convolutions are computed in blocks of so many filters: a ResNet-32 of 6, 11 and 19 takes 1.7 times as long as one of 8, 16 and
 * 24 (TensorFlow 2.15 with oneDNN, 2 cores).
 */
const FILTERS_BY = 8;
/** Between a tensor of the user's model and what is kept of it. */
type Change = (values: Float32Array, shape: readonly number[], kept: Kept) => Float32Array;

const PREFIX = "kept:";

export interface ShrinkParts {
  /** The user's. */
  readonly model: Tf.LayersModel;
  /** @param names as in the user's model */
  build(model: Tf.LayersModel, names: ReadonlyMap<Variable, string>): Network;
}

/** What is trained. */
interface Trained {
  readonly network: Network;
  readonly update: Update;
  readonly step: TrainingStep;
}

interface Smaller extends Trained {
  readonly model: Tf.LayersModel;
  /** By name; nothing for weights that are as they were. */
  readonly kept: ReadonlyMap<string, Kept>;
}

export class Shrinking {
  private readonly full: Trained;
  private readonly names: ReadonlyMap<Variable, string>;
  private smaller: Smaller | undefined;
  /** Whether the smaller network has been trained since the user's was brought up to date. */
  private isAhead = false;

  /** @param parts nothing where the network stays as it is */
  constructor(
    private readonly tf: TF,
    network: Network,
    update: Update,
    private readonly settings: Pick<Settings, "optimizer" | "pruning" | "compaction">,
    private readonly parts: ShrinkParts | undefined,
  ) {
    this.full = { network, update, step: createTrainingStep(tf, network, update) };
    this.names = parts === undefined ? new Map() : nameWeights(parts.model);
  }

  get trained(): Pick<Trained, "network" | "update"> {
    return this.smaller ?? this.full;
  }

  /** @returns the mean loss of the batches */
  train(request: StepRequest): number {
    this.isAhead = true;
    return (this.smaller ?? this.full).step.run(request);
  }

  /** With the irrelevance that the step went by, of the weights of the user's model. */
  trainObserved(request: StepRequest): ReturnType<TrainingStep["runObserved"]> {
    this.isAhead = true;
    const { loss, irrelevance } = (this.smaller ?? this.full).step.runObserved(request);
    return { loss, irrelevance: this.spreadAll(irrelevance) };
  }

  get isSmaller(): boolean {
    return this.smaller !== undefined;
  }

  /** Trainable weights. */
  get weights(): { readonly model: number; readonly trained: number } {
    return { model: countOf(this.full.network), trained: countOf(this.trained.network) };
  }

  /** The user's model gets weights and optimizer state of the one that is trained. */
  pull(): void {
    if (this.smaller === undefined || !this.isAhead) return;
    this.isAhead = false;
    this.copyWeights(this.smaller, this.full, spread);
    this.copyState(this.smaller, this.full, spread);
  }

  /** The other way round, masks as well. */
  push(masks: Values): void {
    const { smaller } = this;
    if (smaller === undefined) return;
    this.copyWeights(this.full, smaller, pick);
    this.pushState(smaller, masks);
  }

  /** Of the user's model. @returns the same of the network that is trained */
  pickAll(values: Values): Values {
    return new Map([...values].map(([name, each]) => [name, this.picked(name, each)]));
  }

  /** The other way round, 0 for what the trained network lacks. */
  private spreadAll(values: Values): Values {
    const { smaller } = this;
    if (smaller === undefined) return values;
    return new Map([...values].map(([name, each]) => [name, spread(each, this.shapeOf(name), this.keptOf(name))]));
  }

  /**
   * Finds what does nothing under these masks, and trains a network without it if that is enough to be worth it. The weights of
   * such units are 0 in the user's model from here on, and what constant ones gave is in its biases. To be called after `pull`.
   * @returns masks that leave out these weights as well; undefined where all units do something
   */
  shrink(masks: Values): { readonly masks: Values; readonly isSmaller: boolean } | undefined {
    const { parts, tf, settings } = this;
    if (parts === undefined) return undefined;
    const smallest = compactModel(tf, parts.model, { isTraining: true, liveOf: this.liveBy(masks) });
    if (smallest.model === parts.model) return undefined;
    const narrower = this.narrow(smallest, masks);
    disposeWeights(smallest.model);
    if (narrower === undefined) return undefined;
    const isSmaller = settings.compaction === "auto" && this.replace(parts, narrower);
    if (!isSmaller) this.push(narrower);
    return { masks: narrower, isSmaller };
  }

  /** @returns whether a smaller network is trained from here on */
  private replace(parts: ShrinkParts, masks: Values): boolean {
    const options = { isTraining: true, liveOf: this.liveBy(masks), filtersBy: FILTERS_BY };
    const compact = compactModel(this.tf, parts.model, options);
    if (compact.model === parts.model) return false;
    if (costOf(compact.model) > WORTH * costOf(this.smaller?.model ?? parts.model)) {
      disposeWeights(compact.model);
      return false;
    }
    this.pushState(this.use(parts, compact), masks);
    return true;
  }

  /** A weight that is never pruned may become anything. */
  private liveBy(masks: Values): (variable: Variable) => ArrayLike<number> {
    const ones = new Map<Variable, Uint8Array>();
    return (variable) => {
      const mask = masks.get(this.names.get(variable) ?? "");
      if (mask !== undefined) return mask;
      const all = ones.get(variable) ?? new Uint8Array(variable.read().size).fill(1);
      ones.set(variable, all);
      return all;
    };
  }

  /** @returns undefined where the smaller network has all that the user's has */
  private narrow({ places }: CompactModel, masks: Values): Values | undefined {
    if ([...places.values()].every(({ kept }) => kept.every((positions) => positions === null))) return undefined;
    const narrower = new Map(masks);
    for (const [variable, { weight, kept }] of places) {
      const name = this.names.get(variable) ?? "";
      const shape = this.shapeOf(name);
      const target = this.full.network.weights.get(name);
      const values = spread(Float32Array.from(weight.read().dataSync()), shape, kept);
      this.tf.tidy(() => target?.assign(this.tf.tensor(values, target.shape, "float32")));
      const mask = masks.get(name);
      if (mask !== undefined) narrower.set(name, spread(pick(mask, shape, kept), shape, kept));
    }
    return narrower;
  }

  /** The user's model is trained again. */
  grow(): void {
    this.pull();
    this.drop();
  }

  /** What a checkpoint needs to build the same network. */
  pack(): ReadonlyMap<string, StoredTensor> {
    return new Map(
      [...(this.smaller?.kept ?? [])].flatMap(([name, kept]) =>
        kept.flatMap((positions, axis): [string, StoredTensor][] =>
          positions === null
            ? []
            : [[`${PREFIX}${axis}/${name}`, { shape: [positions.length], values: Float32Array.from(positions) }]],
        ),
      ),
    );
  }

  /** To be called when the user's model has the checkpoint's weights, optimizer state and masks. */
  unpack(tensors: ReadonlyMap<string, StoredTensor>, masks: Values): void {
    const { parts, tf } = this;
    const stored = [...tensors].filter(([name]) => name.startsWith(PREFIX));
    if (parts === undefined || stored.length === 0) return;
    const variables = new Map([...this.names].map(([variable, name]) => [name, variable]));
    const kept = new Map<Variable, (Int32Array | null)[]>();
    for (const [key, { values }] of stored) {
      const [axis = "", ...rest] = key.slice(PREFIX.length).split("/");
      const variable = variables.get(rest.join("/"));
      if (variable === undefined) throw new Error(`the checkpoint speaks of a weight ${rest.join("/")}`);
      const ofAxes = kept.get(variable) ?? variable.shape.map(() => null);
      ofAxes[Number(axis)] = Int32Array.from(values);
      kept.set(variable, ofAxes);
    }
    const compact = compactModel(tf, parts.model, { isTraining: true, kept });
    if (compact.kept !== undefined) throw new Error(`the smaller network cannot be built anew: ${compact.kept}`);
    this.use(parts, compact);
    this.push(masks);
  }

  dispose(): void {
    this.drop();
    this.full.step.dispose();
  }

  private use(parts: ShrinkParts, { model, places }: CompactModel): Smaller {
    const { tf, settings } = this;
    this.drop();
    const names = new Map([...places].map(([variable, { weight }]) => [weight, this.names.get(variable) ?? ""]));
    const network = parts.build(model, names);
    const update = createUpdate(tf, network.parameters, settings);
    const kept = new Map([...places].map(([variable, place]) => [this.names.get(variable) ?? "", place.kept]));
    this.smaller = { model, network, update, step: createTrainingStep(tf, network, update), kept };
    return this.smaller;
  }

  private drop(): void {
    this.smaller?.step.dispose();
    this.smaller?.update.dispose();
    this.smaller?.network.runner.dispose();
    this.smaller?.network.dispose();
    this.smaller = undefined;
  }

  private pushState(smaller: Smaller, masks: Values): void {
    this.copyState(this.full, smaller, pick);
    for (const [name, mask] of masks) smaller.update.setMask(name, this.picked(name, mask));
  }

  private copyWeights(from: Trained, to: Trained, change: Change): void {
    for (const [name, variable] of from.network.weights) this.put(name, variable, to.network.weights.get(name), change);
  }

  /** Of the optimizer. */
  private copyState({ update: from }: Trained, { update: to }: Trained, change: Change): void {
    to.steps = from.steps;
    for (const [key, variable] of from.state) {
      this.put(key.slice(key.indexOf("/") + 1), variable, to.state.get(key), change);
    }
  }

  /** @param name of the weight that it is, or belongs to */
  private put(name: string, source: Tf.Variable, target: Tf.Variable | undefined, change: Change): void {
    if (target === undefined) throw new Error(`no place for ${name}`);
    const values = change(Float32Array.from(source.dataSync()), this.shapeOf(name), this.keptOf(name));
    this.tf.tidy(() => target.assign(this.tf.tensor(values, target.shape, "float32")));
  }

  private picked(name: string, values: Float32Array): Float32Array {
    return this.smaller === undefined ? values : pick(values, this.shapeOf(name), this.keptOf(name));
  }

  private shapeOf(name: string): readonly number[] {
    return this.full.network.weights.get(name)?.shape ?? [];
  }

  private keptOf(name: string): Kept {
    return this.smaller?.kept.get(name) ?? this.shapeOf(name).map(() => null);
  }
}

/** Of two networks of the same layers, the one that computes more has more of it. */
function costOf(model: Tf.LayersModel): number {
  return countFlops(model) ?? model.countParams();
}

function countOf({ parameters }: Network): number {
  return parameters.reduce((sum, { variable }) => sum + variable.size, 0);
}
