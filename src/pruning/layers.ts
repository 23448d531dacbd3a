/** Which weight tensors are regularized and pruned. */
import picomatch from "picomatch";
import { usageError } from "../protocol/errors.ts";
import type { GroupedTensor, Groups } from "./groupLayout.ts";

export interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Patterns that stand for "the usual": kernels and embeddings, not biases and normalization parameters. */
const USUAL = new Set(["*", "**", "**/*"]);
/** Pattern that stands for every trainable weight. */
const EVERYTHING = "***";

/** Biases, scales and offsets have rank 1; kernels of every layer type and embeddings have rank 2 or more. */
function isUsual(weight: NamedShape): boolean {
  return weight.shape.length >= 2;
}

/**
 * Selects by glob over names such as `fc1/kernel`; patterns that start with `!` exclude and win.
 * @throws WhittleError (usage) when a pattern matches no weight, so that a typing error cannot train something else
 */
export function selectPrunable<T extends NamedShape>(weights: readonly T[], patterns: readonly string[]): T[] {
  const included = patterns.filter((pattern) => !pattern.startsWith("!")).map((pattern) => matcher(weights, pattern));
  const excluded = patterns
    .filter((pattern) => pattern.startsWith("!"))
    .map((pattern) => matcher(weights, pattern.slice(1)));
  const selected = weights.filter(
    (weight) =>
      (included.length === 0 ? isUsual(weight) : included.some((matches) => matches(weight))) &&
      !excluded.some((matches) => matches(weight)),
  );
  if (selected.length === 0) {
    throw usageError(
      `pruning.layers selects no weight of this model: ${JSON.stringify(patterns)}`,
      `Name some of its weights: ${weights.map((weight) => weight.name).join(", ")}.`,
    );
  }
  return selected;
}

/**
 * The units that may go: those whose tensors are all trained, and all of rank 2 or more selected.
 * @param weights those that are trained
 * @param grouped all that units have weights of
 * @returns groups by tensor; weights of the other units belong to none
 * @throws WhittleError (usage) where none may go
 */
export function selectGroups(
  weights: readonly NamedShape[],
  grouped: readonly (NamedShape & GroupedTensor)[],
  patterns: readonly string[],
): ReadonlyMap<string, Groups> {
  const trained = new Set(weights.map(({ name }) => name));
  const selected = new Set(selectPrunable(weights, patterns).map(({ name }) => name));
  const staying = new Set([-1]);
  for (const tensor of grouped) {
    if (trained.has(tensor.name) && (selected.has(tensor.name) || !isUsual(tensor))) continue;
    for (const group of tensor.groups) staying.add(group);
  }
  const going = grouped.flatMap(({ name, groups }) => {
    const left = groups.map((group) => (staying.has(group) ? -1 : group));
    return left.every((group) => group === -1) ? [] : [[name, left] as const];
  });
  if (going.length > 0) return new Map(going);
  throw usageError(
    `pruning.granularity is "unit", but pruning.layers ${JSON.stringify(patterns)} leaves no unit of this model that can go: those of its outputs have to stay`,
    'Set pruning.granularity="weight", or select the kernels of a layer that is not the last one.',
  );
}

function matcher(weights: readonly NamedShape[], pattern: string): (weight: NamedShape) => boolean {
  if (USUAL.has(pattern)) return isUsual;
  if (pattern === EVERYTHING) return () => true;
  const isMatch = picomatch(pattern);
  if (!weights.some((weight) => isMatch(weight.name))) {
    throw usageError(
      `pruning.layers: the pattern ${JSON.stringify(pattern)} matches no weight of this model`,
      `Its weights are: ${weights.map((weight) => weight.name).join(", ")}.`,
    );
  }
  return (weight) => isMatch(weight.name);
}
