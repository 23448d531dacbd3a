/**
 * Which weights of a model make the same unit and go together: a neuron's column with its bias, a filter, a row of an
 * embedding, a head in the tensors that have it. Layer by layer; units of the model's outputs are none, as they have to stay.
 */
import type * as Tf from "@tensorflow/tfjs";
import { insideOf } from "./inside.ts";
import { findWeightRoles } from "./weightRoles.ts";

type Layer = Tf.layers.Layer;
type Weight = Layer["weights"][number];

/**
 * @returns of each weight of a tensor the number of its unit; nothing for tensors that are part of none
 * @throws WhittleError (usage) where a class of the user's says of its units what does not fit
 */
export function findUnitGroups(model: Tf.LayersModel): ReadonlyMap<Weight, Int32Array> {
  const roles = findWeightRoles<Weight>(model.layers);
  const found = new Map<Weight, Int32Array>();
  const kept = outputLayers(model);
  let next = 0;
  const visit = (layer: Layer): void => {
    const inner = insideOf(layer);
    for (const one of inner) visit(one);
    if (inner.length > 0) return;
    /** Number of the first unit, by what the units are called and how many there are. */
    const firsts = new Map<string, { readonly first: number; readonly count: number }>();
    for (const weight of layer.weights) {
      const units = weight.shape.length < 2 ? undefined : roles.get(weight)?.units;
      if (units === undefined || found.has(weight)) continue;
      const key = `${units.of} ${units.count}`;
      const start = firsts.get(key) ?? { first: next, count: units.count };
      if (!firsts.has(key)) next += units.count;
      firsts.set(key, start);
      found.set(weight, numberBy(weight, start.first, units.count, units.stride));
    }
    // A bias is that of the units which the layer gives out, and these come last.
    const last = [...firsts.values()].at(-1);
    for (const weight of layer.weights) {
      const name = weight.originalName.slice(weight.originalName.lastIndexOf("/") + 1);
      if (name !== "bias" || last === undefined || sizeOf(weight) % last.count !== 0) continue;
      found.set(weight, numberBy(weight, last.first, last.count, 1));
    }
  };
  for (const layer of model.layers) if (!kept.has(layer)) visit(layer);
  for (const layer of kept) for (const weight of layer.weights) found.delete(weight);
  return found;
}

/** See `Units`. */
function numberBy(weight: Weight, first: number, count: number, stride: number): Int32Array {
  return Int32Array.from({ length: sizeOf(weight) }, (_, at) => first + (Math.floor(at / stride) % count));
}

function sizeOf({ shape }: Weight): number {
  return shape.reduce<number>((size, length) => size * (length ?? 0), 1);
}

/** Those that give out a model's outputs, behind which there are only layers whose weights, if any, make no units. */
function outputLayers({ outputs }: Tf.LayersModel): ReadonlySet<Layer> {
  const kept = new Set<Layer>();
  const visit = (layer: Layer): void => {
    if (kept.has(layer)) return;
    kept.add(layer);
    if (layer.weights.some(({ shape }) => shape.length > 1)) return;
    for (const { inboundLayers } of layer.inboundNodes) for (const one of inboundLayers) visit(one);
  };
  for (const { sourceLayer } of outputs) visit(sourceLayer);
  return kept;
}
