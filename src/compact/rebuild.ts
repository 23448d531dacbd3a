/** Builds a model without the units that are left out, and gives it what is left of the weights. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { findWeight, ownName } from "../layers/ownName.ts";
import { nameLayers } from "../models/weightNames.ts";
import type { Analysis, Call, Kept } from "./analyze.ts";
import type { Flowing, Layer } from "./applications.ts";
import { pick } from "./kept.ts";
import type { Size } from "./rules/rule.ts";
import type { Variable } from "./weights.ts";

/** Where a weight of the user's model is in the smaller one. */
export interface Place {
  readonly weight: Variable;
  readonly kept: Kept;
}

export interface Rebuilt {
  readonly model: Tf.LayersModel;
  readonly places: ReadonlyMap<Variable, Place>;
  /** Layers that have got a bias, since they had none that could take a constant. */
  readonly gained: ReadonlySet<Layer>;
}

type Config = Tf.serialization.ConfigDict;
type LayerClass = Tf.serialization.SerializableConstructor<Layer> & {
  fromConfig(of: unknown, config: Config): Layer;
};

/** @throws Error where a layer cannot be made anew, or its weights are not shaped as expected */
export function rebuildModel(tf: TF, analysis: Analysis, original: Tf.LayersModel): Rebuilt {
  const numbered = nameLayers(original);
  const made = new Map<Layer, Layer>();
  const names = new Set<string>();
  const additions = collectAdditions(analysis);
  const gained = new Set([...additions.keys()].filter((layer) => gainsBias(analysis, layer)));
  const known = new Map<Flowing, Tf.SymbolicTensor>();
  const inputs = analysis.inputs.map((input, index) => {
    const inputName = claimName(names, original.inputs[index]?.sourceLayer.name ?? "input");
    const symbolic = tf.input({ batchShape: [...input.shape], dtype: input.dtype, name: inputName });
    known.set(input, symbolic);
    return symbolic;
  });
  const remake = (call: Call): Layer => {
    const { layer } = call;
    const config = structuredClone(layer.getConfig());
    for (const { path, ids } of call.rule.sizes ?? []) {
      setAt(config, path, ids.filter((id) => !analysis.isLeftOut(id)).length);
    }
    if (gained.has(layer)) setAt(config, call.rule.fold?.useBias ?? ["useBias"], true);
    delete config["batchInputShape"];
    config["name"] = claimName(names, numbered.get(layer.name) ?? layer.name);
    const layerClass = layer.constructor as unknown as LayerClass;
    return layerClass.fromConfig(layerClass, config);
  };
  for (const call of analysis.calls) {
    const { layer, outputs, callArgs } = call;
    const fresh = made.get(layer) ?? remake(call);
    made.set(layer, fresh);
    const given = call.inputs.map((input) => known.get(input)).filter((tensor) => tensor !== undefined);
    const results = [fresh.apply(given.length === 1 ? (given[0] ?? []) : given, { ...callArgs })].flat();
    for (const [index, output] of outputs.entries()) known.set(output, results[index] as Tf.SymbolicTensor);
  }
  const outputs = analysis.outputs.map((output) => known.get(output)).filter((tensor) => tensor !== undefined);
  const model = tf.model({ inputs, outputs, name: original.name });
  const places = new Map<Variable, Place>();
  for (const [layer, fresh] of made) {
    for (const [variable, place] of placesOf(analysis, layer, fresh)) places.set(variable, place);
  }
  putWeights(tf, analysis, made, places, additions);
  return { model, places, gained };
}

/** Names of layers differ within a model; those of models inside may be those of layers outside. */
function claimName(names: Set<string>, name: string): string {
  let claimed = name;
  for (let count = 1; names.has(claimed); count += 1) claimed = `${name}_${count}`;
  names.add(claimed);
  return claimed;
}

function setAt(config: Config, path: Size["path"], value: number | boolean): void {
  const [first, ...rest] = path;
  const at = config as Record<string, unknown>;
  if (rest.length === 0) at[first] = value;
  else setAt(at[first] as Config, rest as unknown as Size["path"], value);
}

/** What is to be added to the bias of each layer, by output feature; only layers that get something other than 0. */
function collectAdditions({ calls, isLeftOut }: Analysis): ReadonlyMap<Layer, Float64Array> {
  const additions = new Map<Layer, Float64Array>();
  for (const { layer, rule, given } of calls) {
    const sums = rule.fold?.sums(given, isLeftOut);
    if (sums?.some((sum) => sum !== 0) === true) additions.set(layer, sums);
  }
  return additions;
}

function gainsBias({ calls, weightsOf }: Analysis, layer: Layer): boolean {
  const fold = calls.find((call) => call.layer === layer)?.rule.fold;
  return !weightsOf(layer).some(({ name }) => name === fold?.bias);
}

function* placesOf(analysis: Analysis, layer: Layer, fresh: Layer): Generator<[Variable, Place]> {
  const isGrown = fresh.weights.length > layer.weights.length;
  for (const [index, variable] of layer.weights.entries()) {
    const weight = isGrown ? findWeight(fresh, ownName(variable)) : fresh.weights[index];
    if (weight === undefined) throw new Error(`${layer.name} has lost ${ownName(variable)}`);
    const axes = analysis.axes.get(variable) ?? variable.shape.map(() => null);
    const kept = axes.map((ids) => ids && keptPositions(ids, analysis.isLeftOut));
    const shape = variable.shape.map((length, axis) => kept[axis]?.length ?? length);
    if (shape.join() !== weight.shape.join()) {
      throw new Error(`${layer.name}: ${ownName(variable)} is [${weight.shape}] in place of [${shape}]`);
    }
    yield [variable, { weight, kept }];
  }
}

function keptPositions(ids: Int32Array, isLeftOut: (id: number) => boolean): Int32Array | null {
  const positions = Int32Array.from(ids.keys()).filter((at) => !isLeftOut(ids[at] ?? 0));
  return positions.length === ids.length ? null : positions;
}

function putWeights(
  tf: TF,
  { weightsOf, calls, isLeftOut }: Analysis,
  made: ReadonlyMap<Layer, Layer>,
  places: ReadonlyMap<Variable, Place>,
  additions: ReadonlyMap<Layer, Float64Array>,
): void {
  for (const [layer, fresh] of made) {
    const call = calls.find((each) => each.layer === layer);
    const factors = call?.rule.factors?.(isLeftOut);
    for (const { variable, values, shape } of weightsOf(layer)) {
      const place = places.get(variable);
      if (place === undefined) continue;
      const [kept, factor = 1] = [pick(values, shape, place.kept), factors?.get(variable)];
      assign(tf, place.weight, factor === 1 ? kept : kept.map((value) => value * factor));
    }
    const sums = additions.get(layer);
    const output = call?.rule.outputs[0];
    const bias = findWeight(fresh, call?.rule.fold?.bias);
    if (sums === undefined || output === undefined || bias === undefined) continue;
    const added = sums.filter((_, index) => !isLeftOut(output[index] ?? 0));
    assign(
      tf,
      bias,
      Float32Array.from((bias.read() as Tf.Tensor).dataSync(), (value, at) => value + (added[at] ?? 0)),
    );
  }
}

function assign(tf: TF, weight: Variable, values: Float32Array): void {
  tf.tidy(() => {
    weight.write(tf.tensor(values, weight.shape as number[], "float32"));
  });
}
