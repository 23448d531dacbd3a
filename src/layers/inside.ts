/** The layers that are inside of a layer: a model's, a wrapper's, a recurrent layer's cells. */
import { kindOfClass } from "./index.ts";

interface Layer {
  getClassName(): string;
}

/** Directly inside; in the order of the kind's properties. */
export function insideOf<L extends Layer>(layer: L): readonly L[] {
  const isLayer = (value: unknown): value is L =>
    typeof value === "object" && value !== null && "getClassName" in value;
  return (kindOfClass(layer.getClassName())?.inside ?? []).flatMap((property) =>
    [Reflect.get(layer, property) as unknown].flat().filter(isLayer),
  );
}

/** These and all inside of them, each once, however often it is used. */
export function allLayers<L extends Layer>(layers: readonly L[]): ReadonlySet<L> {
  const all = new Set<L>();
  const visit = (layer: L): void => {
    if (all.has(layer)) return;
    all.add(layer);
    for (const inner of insideOf(layer)) visit(inner);
  };
  for (const layer of layers) visit(layer);
  return all;
}

interface TrainableLayer extends Layer {
  readonly trainable: boolean;
}

/** Those that are not trained, and all inside of them. */
export function frozenLayers<L extends TrainableLayer>(layers: readonly L[]): ReadonlySet<L> {
  const frozen = new Set<L>();
  const visit = (layer: L, isInFrozen: boolean): void => {
    const isFrozen = isInFrozen || !layer.trainable;
    if (isFrozen) frozen.add(layer);
    for (const inner of insideOf(layer)) visit(inner, isFrozen);
  };
  for (const layer of layers) visit(layer, false);
  return frozen;
}
