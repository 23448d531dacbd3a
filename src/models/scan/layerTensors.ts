/** Which weight tensors of a run belong to which layer call in the text. Says nothing where that is not certain. */
import type { FoundLayer } from "./found.ts";

/** More layers than that are in no model. */
const MOST_LAYERS = 10_000;

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

/** By call: the tensors of each layer that it made, in the model's order. */
export type Matched<T> = ReadonlyMap<FoundLayer, readonly (readonly T[])[]>;

/**
 * Layers with a name have the tensors of that name, those whose name is put together the names that fit, those without one are
 * counted by their class: a call in a loop makes as many as the text says.
 * @param layers in the order in which they are made
 */
export function matchLayers<T extends { readonly name: string }>(
  layers: readonly FoundLayer[],
  tensors: readonly T[],
): Matched<T> {
  const byLayer = new Map<string, T[]>();
  for (const tensor of tensors) {
    const name = layerNameOf(tensor.name);
    byLayer.set(name, [...(byLayer.get(name) ?? []), tensor]);
  }
  return new Map([...matchNamed(layers, byLayer), ...matchComposed(layers, byLayer), ...matchCounted(layers, byLayer)]);
}

type ByLayer<T> = ReadonlyMap<string, readonly T[]>;
type Match<T> = readonly [FoundLayer, readonly (readonly T[])[]];

function matchNamed<T>(layers: readonly FoundLayer[], byLayer: ByLayer<T>): Match<T>[] {
  return layers.flatMap((layer): Match<T>[] => {
    const own = layer.name === undefined ? undefined : byLayer.get(layer.name);
    const isOnly = layers.filter((other) => other.name === layer.name).length === 1;
    return own === undefined || !isOnly ? [] : [[layer, [own]]];
  });
}

function matchComposed<T>(layers: readonly FoundLayer[], byLayer: ByLayer<T>): Match<T>[] {
  // One whose name is not told at all may be called like that as well.
  if (layers.some(({ isNameHidden }) => isNameHidden)) return [];
  const names = [...byLayer.keys()].filter(
    (name) => readGivenName(name) === undefined && !layers.some((layer) => layer.name === name),
  );
  const composed = layers.flatMap((layer) =>
    layer.namePieces === undefined ? [] : [{ layer, fits: patternOf(layer) }],
  );
  return composed.flatMap(({ layer, fits }): Match<T>[] => {
    const own = names.filter((name) => fits.test(name));
    const isShared = own.some((name) => composed.some((other) => other.layer !== layer && other.fits.test(name)));
    const isMore = !isOpen(layer) && own.length > expand([layer], 0).length;
    return own.length === 0 || isShared || isMore ? [] : [[layer, own.map((name) => byLayer.get(name) ?? [])]];
  });
}

/** Only running the file would tell how often. */
function isOpen({ blocks = [] }: FoundLayer): boolean {
  return blocks.some(({ times, isOptional }) => times === undefined && !isOptional);
}

function patternOf({ namePieces = [] }: FoundLayer): RegExp {
  return new RegExp(`^${namePieces.map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[^/]+")}$`);
}

function matchCounted<T>(layers: readonly FoundLayer[], byLayer: ByLayer<T>): Match<T>[] {
  const unnamed = layers.filter(
    ({ name, namePieces, isNameHidden }) => name === undefined && namePieces === undefined && !isNameHidden,
  );
  return [...new Set(unnamed.map((layer) => layer.kind))].flatMap((kind) => {
    const given = [...byLayer].flatMap(([name, own]) => {
      const parts = readGivenName(name);
      return parts?.className.toLowerCase() === kind.toLowerCase() ? [{ count: parts.count, own }] : [];
    });
    const calls = unnamed.filter((layer) => layer.kind === kind);
    const isClosed = !layers.some((layer) => layer.kind === kind && layer.isNameHidden);
    const made = callsInOrder(
      calls,
      given.map(({ count }) => count),
      isClosed,
    );
    return calls.flatMap((call): Match<T>[] => {
      const own = given.filter(({ count }) => made(count) === call).sort((a, b) => a.count - b.count);
      return own.length === 0 ? [] : [[call, own.map((each) => each.own)]];
    });
  });
}

/**
 * Which call made the layer that is the first, second, … of its class.
 * @param calls of one class
 * @param counts of the layers that a run knows
 * @param isClosed no other call can have made any of them
 */
function callsInOrder(
  calls: readonly FoundLayer[],
  counts: readonly number[],
  isClosed: boolean,
): (count: number) => FoundLayer | undefined {
  const [only] = calls;
  if (calls.some(isOpen)) return () => (isClosed && calls.length === 1 ? only : undefined);
  const order = expand(calls, 0);
  const most = Math.max(0, ...counts);
  const isOptional = calls.some(({ blocks = [] }) => blocks.some((block) => block.isOptional));
  // As many as there can be: none of the branches was left out.
  const isCertain = isOptional ? isClosed && most === order.length : most <= order.length;
  return (count) => (isCertain ? order[count - 1] : undefined);
}

/** Each call as often as it is run. */
function expand(calls: readonly FoundLayer[], depth: number): readonly FoundLayer[] {
  const order: FoundLayer[] = [];
  for (let from = 0; from < calls.length && order.length < MOST_LAYERS; ) {
    const block = calls[from]?.blocks?.[depth];
    const end =
      block === undefined
        ? -1
        : calls.findIndex((each, at) => at > from && each.blocks?.[depth]?.start !== block.start);
    const to = block === undefined ? from + 1 : end === -1 ? calls.length : end;
    const inside = block === undefined ? calls.slice(from, to) : expand(calls.slice(from, to), depth + 1);
    const times = Math.min(block?.times ?? 1, MOST_LAYERS);
    for (let turn = 0; turn < times && order.length < MOST_LAYERS; turn += 1) order.push(...inside);
    from = to;
  }
  return order;
}
