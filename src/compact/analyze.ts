/** Finds the units of a model that nothing needs: what they give reaches no output, or is a constant that a bias can give. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { type Application, type Applications, type Flowing, type Layer, listApplications } from "./applications.ts";
import { ruleFor } from "./rules/index.ts";
import { type Axes, all, type Features, type Rule } from "./rules/rule.ts";
import { sampleInputs } from "./sample.ts";
import { createUnitIds, type UnitIds } from "./unitIds.ts";
import { type LiveOf, readWeights, type Variable, type Weight } from "./weights.ts";

/** Examples that constants are read from. */
const SAMPLED = 2;

/** A call of a layer, with what is known of its tensors. */
export interface Call extends Application {
  readonly rule: Rule;
  readonly given: readonly Features[];
}

export interface Analysis extends Applications {
  readonly calls: readonly Call[];
  readonly axes: ReadonlyMap<Variable, Axes>;
  weightsOf(layer: Layer): readonly Weight[];
  /** By id. */
  isLeftOut(id: number): boolean;
}

export interface AnalysisOptions {
  /** Which weights are 0 for ever, where their values do not say it. */
  readonly liveOf?: LiveOf | undefined;
  /** See `RuleParts`. */
  readonly isTraining?: boolean | undefined;
  /** A layer of filters keeps some that do nothing, until their number is a multiple of this. */
  readonly filtersBy?: number | undefined;
  /** What is kept of weights along their axes, in the place of what would be found. */
  readonly kept?: ReadonlyMap<Variable, Kept> | undefined;
}

/** Along each axis the positions that are kept, ascending; null for all. */
export type Kept = readonly (Int32Array | null)[];

/** @throws Error where the model cannot be followed */
export function analyzeModel(tf: TF, model: Tf.LayersModel, options: AnalysisOptions): Analysis {
  const followed = followModel(tf, model, options);
  const { units, calls, axes } = followed;
  if (options.kept !== undefined) return { ...followed, isLeftOut: leftOutBy(options.kept, axes, units) };
  const kept = new Set([...followBackwards(followed)].map(units.unitOf));
  const isLeftOut = (id: number): boolean => !kept.has(units.unitOf(id)) && !units.isPinned(id);
  for (const { rule } of calls) {
    for (const { ids, of } of rule.sizes ?? []) {
      // A layer without units cannot be built.
      const wanted = of === "filters" ? roundUp(countKept(ids, isLeftOut), options.filtersBy ?? 1) : 1;
      for (const id of ids) {
        if (wanted > ids.length || countKept(ids, isLeftOut) >= wanted) break;
        kept.add(units.unitOf(id));
      }
    }
  }
  return { ...followed, isLeftOut };
}

const countKept = (ids: Int32Array, isLeftOut: Analysis["isLeftOut"]): number =>
  ids.reduce((count, id) => count + (isLeftOut(id) ? 0 : 1), 0);

/** At least one block. */
const roundUp = (count: number, block: number): number => Math.max(1, Math.ceil(count / block)) * block;

/** What belongs together, and what is constant, of a model as its weights are. */
export interface Followed extends Omit<Analysis, "isLeftOut"> {
  readonly units: UnitIds;
  readonly known: ReadonlyMap<Flowing, Features>;
}

/** @throws Error where the model cannot be followed */
export function followModel(tf: TF, model: Tf.LayersModel, options: AnalysisOptions): Followed {
  const found = listApplications(model);
  const units = createUnitIds();
  const weightsOf = createReader(options.liveOf ?? (() => undefined));
  const axes = new Map<Variable, Axes>();
  const known = new Map<Flowing, Features>();
  for (const input of found.inputs) {
    const features = createFeatures(units.fresh(input.shape.at(-1) ?? 0));
    units.pin(features.ids);
    known.set(input, features);
  }
  const isTraining = options.isTraining ?? false;
  const calls = followForwards(tf, found, { units, weightsOf, axes, known, isTraining });
  for (const output of found.outputs) {
    const features = known.get(output);
    if (features !== undefined) units.pin(features.ids);
  }
  return { ...found, calls, axes, weightsOf, units, known };
}

function leftOutBy(
  kept: ReadonlyMap<Variable, Kept>,
  axes: ReadonlyMap<Variable, Axes>,
  { unitOf }: UnitIds,
): Analysis["isLeftOut"] {
  const leftOut = new Set<number>();
  for (const [variable, ofAxes] of kept) {
    for (const [axis, positions] of ofAxes.entries()) {
      const stays = positions && new Set(positions);
      for (const [at, id] of axes.get(variable)?.[axis]?.entries() ?? []) {
        if (stays?.has(at) === false) leftOut.add(unitOf(id));
      }
    }
  }
  return (id) => leftOut.has(unitOf(id));
}

function createFeatures(ids: Int32Array): Features {
  const { length } = ids;
  return { ids, constant: all(length, 0), value: new Float32Array(length), needed: all(length, 0) };
}

function createReader(liveOf: LiveOf): Analysis["weightsOf"] {
  const read = new Map<Layer, readonly Weight[]>();
  return (layer) => {
    const weights = read.get(layer) ?? readWeights(layer, liveOf);
    read.set(layer, weights);
    return weights;
  };
}

/** Which features belong together, and which are constant. */
function followForwards(
  tf: TF,
  found: Applications,
  {
    units,
    known,
    weightsOf,
    axes,
    isTraining,
  }: Pick<Followed, "units" | "weightsOf"> & {
    readonly known: Map<Flowing, Features>;
    readonly axes: Map<Variable, Axes>;
    readonly isTraining: boolean;
  },
): readonly Call[] {
  const own = new Map<Layer, Map<string, Int32Array>>();
  const ownOf =
    (layer: Layer) =>
    (name: string, count: number): Int32Array => {
      const ofLayer = own.get(layer) ?? new Map<string, Int32Array>();
      own.set(layer, ofLayer);
      const ids = ofLayer.get(name) ?? units.fresh(count);
      ofLayer.set(name, ids);
      return ids;
    };
  const calls: Call[] = [];
  tf.tidy(() => {
    const values = new Map<Flowing, Tf.Tensor>();
    for (const [index, tensor] of sampleInputs(tf, found, SAMPLED, 1).entries()) {
      const input = found.inputs[index];
      if (input !== undefined) values.set(input, tensor);
    }
    for (const application of found.applications) {
      const { layer, inputs, outputs, callArgs } = application;
      const given = inputs.map((input) => known.get(input) ?? createFeatures(new Int32Array()));
      const rule = ruleFor({
        layer,
        units,
        weightsOf,
        isTraining,
        own: ownOf(layer),
        inputs: given.map(({ ids }) => ids),
        isShared: found.applications.some((other) => other !== application && other.layer === layer),
        outputs: outputs.map(({ shape }) => shape.at(-1) ?? 0),
        shapes: { inputs: inputs.map(({ shape }) => shape), output: outputs[0]?.shape ?? [] },
      });
      for (const [variable, next] of rule.axes) axes.set(variable, joined(units, axes.get(variable), next));
      const tensors = inputs.map((input) => values.get(input)).filter((tensor) => tensor !== undefined);
      const computed = [
        layer.call(tensors.length === 1 ? (tensors[0] ?? []) : tensors, { ...callArgs, training: false }),
      ].flat();
      const constants = rule.constants(given);
      for (const [index, output] of outputs.entries()) {
        const ids = rule.outputs[index] ?? new Int32Array();
        const tensor = computed[index];
        if (tensor === undefined) throw new Error(`${layer.name} gives ${computed.length} tensors`);
        values.set(output, tensor);
        known.set(output, readConstants(createFeatures(ids), constants[index], tensor));
      }
      calls.push({ ...application, rule, given });
    }
  });
  return calls;
}

/** A shared layer is called several times: what meets at its weights belongs together. */
function joined(units: UnitIds, before: Axes | undefined, next: Axes): Axes {
  for (const [axis, ids] of next.entries()) {
    const other = before?.[axis];
    if (ids !== null && other !== null && other !== undefined) units.join(ids, other);
  }
  return before ?? next;
}

/** Of those that can only be constant, those that are. */
function readConstants(features: Features, candidates: Uint8Array | undefined, tensor: Tf.Tensor): Features {
  if (candidates?.includes(1) !== true) return features;
  const values = tensor.dataSync();
  const { length } = features.ids;
  for (const [index, is] of candidates.entries()) {
    const value = values[index] ?? 0;
    if (is !== 1) continue;
    let isSame = true;
    for (let at = index; at < values.length && isSame; at += length) isSame = values[at] === value;
    if (!isSame) continue;
    features.constant[index] = 1;
    features.value[index] = value;
  }
  return features;
}

/** @returns ids of units that are needed */
function followBackwards({ calls, known, outputs: ends }: Followed): ReadonlySet<number> {
  const needed = new Set<number>();
  for (const output of ends) known.get(output)?.needed.fill(1);
  for (const { rule, given, outputs } of calls.toReversed()) {
    const wanted = outputs.map((output) => known.get(output) ?? createFeatures(new Int32Array()));
    for (const [index, needs] of rule.needs(given, wanted).entries()) {
      for (const [at, is] of needs.entries()) {
        const features = given[index];
        if (is === 1 && features !== undefined) features.needed[at] = 1;
      }
    }
    for (const id of rule.keeps?.(given, wanted) ?? []) needed.add(id);
  }
  for (const { ids, needed: of } of known.values()) {
    for (const [at, is] of of.entries()) if (is === 1) needed.add(ids[at] ?? 0);
  }
  return needed;
}
