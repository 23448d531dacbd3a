/** Which weight tensors of a run belong to which layer call in the text. Says nothing where that is not certain. */
import type { FoundLayer } from "./found.ts";

/** `fc1/kernel` → `fc1`: everything before the weight's own name. */
function layerNameOf(tensor: string): string {
  return tensor.slice(0, Math.max(0, tensor.lastIndexOf("/")));
}

/**
 * The name that TensorFlow.js gives to the second dense layer without one is `dense_Dense2`: its class, and how many of
 * that class the process has made.
 */
function readGivenName(name: string): { readonly className: string; readonly count: number } | undefined {
  const [, className, count] = /_([A-Z]\w*?)(\d+)$/.exec(name) ?? [];
  return className === undefined ? undefined : { className, count: Number(count) };
}

/**
 * Layers with a name have the tensors of that name, those without one are counted by their class. A call that makes
 * several layers (in a loop, say) upsets the count, so then no layer of its class gets any.
 */
export function matchLayers<T extends { readonly name: string }>(
  layers: readonly FoundLayer[],
  tensors: readonly T[],
): ReadonlyMap<FoundLayer, readonly T[]> {
  const byLayer = new Map<string, T[]>();
  for (const tensor of tensors) {
    const name = layerNameOf(tensor.name);
    byLayer.set(name, [...(byLayer.get(name) ?? []), tensor]);
  }
  const matched = new Map<FoundLayer, readonly T[]>();
  for (const layer of layers) {
    const own = layer.name === undefined ? undefined : byLayer.get(layer.name);
    if (own !== undefined && layers.filter((other) => other.name === layer.name).length === 1) matched.set(layer, own);
  }
  const unnamed = [...layers]
    .filter((layer) => layer.name === undefined && !layer.isNameHidden)
    .sort((a, b) => a.start - b.start);
  for (const kind of new Set(unnamed.map((layer) => layer.kind))) {
    const calls = unnamed.filter((layer) => layer.kind === kind);
    const given = [...byLayer].flatMap(([name, own]) => {
      const parts = readGivenName(name);
      return parts?.className.toLowerCase() === kind.toLowerCase() ? [{ count: parts.count, own }] : [];
    });
    if (given.some(({ count }) => count > calls.length)) continue;
    for (const { count, own } of given) {
      const call = calls[count - 1];
      if (call !== undefined) matched.set(call, own);
    }
  }
  return matched;
}
