/** The smaller network: a model without the units that do nothing, and the proof that it gives the same. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { nameLayers } from "../models/weightNames.ts";
import type { CompactedLayer } from "../protocol/compaction.ts";
import { messageOf } from "../protocol/errors.ts";
import { type Analysis, type AnalysisOptions, analyzeModel } from "./analyze.ts";
import { type Layer, listApplications } from "./applications.ts";
import { type Place, rebuildModel } from "./rebuild.ts";
import type { Size } from "./rules/rule.ts";
import { sampleInputs } from "./sample.ts";
import { disposeWeights, type Variable } from "./weights.ts";

/** Largest difference that rounding explains, relative to the largest output. */
const WITHIN = 1e-5;
/** Examples that the two networks are compared on. */
const COMPARED = 8;

export interface CompactModel {
  /** A model of its own, or the one that was given where that could not be made smaller. */
  readonly model: Tf.LayersModel;
  /** Those that have units of their own, in the order in which they are called. */
  readonly layers: readonly CompactedLayer[];
  /** Relative to the largest output; 0 where nothing is left out. */
  readonly difference: number;
  /** Where the weights of the given model are in the smaller one; nothing where they are the same. */
  readonly places: ReadonlyMap<Variable, Place>;
  /** Why the network is as it was, where something kept it from becoming smaller. */
  readonly kept?: string;
}

export interface CompactOptions extends AnalysisOptions {
  /** Beside made-up ones: one tensor for each input of the model. */
  readonly examples?: readonly Tf.Tensor[];
}

/**
 * Leaves out the units whose output reaches no output of the model, or is constant and can be added to a bias. The model that is
 * given stays as it is.
 */
export function compactModel(tf: TF, model: Tf.LayersModel, options: CompactOptions = {}): CompactModel {
  const asItIs = { model, layers: [], difference: 0, places: new Map() };
  try {
    const analysis = analyzeModel(tf, model, options);
    const { model: smaller, places, gained } = rebuildModel(tf, analysis, model);
    const difference = compare(tf, model, smaller, options.examples);
    if (!(difference <= WITHIN)) {
      disposeWeights(smaller);
      return { ...asItIs, kept: `the smaller network gives something else: ${difference}` };
    }
    const layers = listLayers(model, analysis, gained);
    return { model: smaller, layers, difference, places };
  } catch (error) {
    return { ...asItIs, kept: messageOf(error) };
  }
}

/** Layers without a name are counted within their model, as in what a run says of it. */
function listLayers(
  model: Tf.LayersModel,
  { calls, isLeftOut }: Analysis,
  gained: ReadonlySet<Layer>,
): CompactedLayer[] {
  const names = nameLayers(model);
  const sizes = new Map(calls.map(({ layer, rule }) => [layer, rule.sizes ?? []] as const));
  const countsOf = ({ ids }: Size) => ({ before: ids.length, after: ids.filter((id) => !isLeftOut(id)).length });
  return [...sizes].flatMap(([layer, [size, width]]) => {
    if (size === undefined || size.of === "columns" || layer.weights.length === 0) return [];
    const [name, className] = [names.get(layer.name) ?? layer.name, layer.getClassName()];
    const bias = gained.has(layer) ? { gainsBias: true as const } : {};
    const headWidth = width?.of === "columns" ? { headWidth: countsOf(width) } : {};
    return [{ name, className, of: size.of, ...countsOf(size), ...headWidth, ...bias }];
  });
}

/** @returns the largest difference of outputs, relative to the largest output */
function compare(
  tf: TF,
  one: Tf.LayersModel,
  other: Tf.LayersModel,
  examples: readonly Tf.Tensor[] | undefined,
): number {
  return tf.tidy(() => {
    const made = sampleInputs(tf, listApplications(one), COMPARED, 2);
    const differences = [made, ...(examples === undefined ? [] : [examples])].map((inputs) => {
      const [expected, got] = [one, other].map((model) => [model.predictOnBatch(inputs as Tf.Tensor[])].flat());
      return (expected ?? []).map((tensor, index) => {
        const difference = tf.max(tf.abs(tf.sub(tensor, got?.[index] ?? tensor))).dataSync()[0] ?? Number.NaN;
        const largest = tf.max(tf.abs(tensor)).dataSync()[0] ?? 0;
        return largest === 0 ? difference : difference / largest;
      });
    });
    return differences.flat().reduce((most, next) => (Number.isNaN(next) ? next : Math.max(most, next)), 0);
  });
}
