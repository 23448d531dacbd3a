/** Which tensor of a file is which weight of a model: by name, and nothing but name. */
import { usageError, WhittleError } from "../protocol/errors.ts";
import type { StoredTensor } from "../runs/checkpoint/safetensors.ts";

type Tensors = ReadonlyMap<string, StoredTensor>;
/** By weight name. */
type Weights = ReadonlyMap<string, { readonly shape: readonly number[] }>;

export interface MatchedWeights {
  /** By weight name. */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** What names in the file begin with and weights do not; "" where they are the same. */
  readonly prefix: string;
  /** What the file holds beside the model's weights. */
  readonly unused: readonly string[];
}

/** Names that an error lists. */
const MOST_LISTED = 20;

/**
 * Names are the same, or all begin with the same words more (`model/`); `:0` at their end counts for nothing.
 * @param from what the tensors are of, for messages
 * @throws WhittleError that lists what does not fit on both sides
 */
export function matchWeights(from: string, tensors: Tensors, weights: Weights): MatchedWeights {
  const named = new Map([...tensors.keys()].map((name) => [name.replace(/:0$/, ""), name]));
  for (const name of tensors.keys()) named.set(name, name);
  const prefix = findPrefix(from, [...named.keys()], [...weights.keys()]);
  const values = new Map<string, Float32Array>();
  const used = new Set<string>();
  const problems: string[] = [];
  for (const [name, { shape }] of weights) {
    const original = named.get(prefix + name);
    const tensor = original === undefined ? undefined : tensors.get(original);
    if (original === undefined || tensor === undefined) {
      problems.push(`${name} ${shown(shape)} is missing`);
      continue;
    }
    used.add(original);
    if (tensor.shape.join() === shape.join()) values.set(name, tensor.values);
    else problems.push(`${name} ${shown(shape)} has shape ${shown(tensor.shape)} there`);
  }
  const unused = [...tensors.keys()].filter((name) => !used.has(name));
  if (problems.length === 0) return { values, prefix, unused };
  const rest = unused.map((name) => `${name} ${shown(tensors.get(name)?.shape ?? [])}`);
  throw new WhittleError(`The initial model ${from} does not fit: ${listed(problems)}.`, {
    remedy:
      rest.length === 0
        ? "Give weights of the same model."
        : `Give weights of the same model, by the names that they have in it. The file also holds ${listed(rest)}.`,
  });
}

/** Only what makes every weight found; else names are taken as they are. */
function findPrefix(from: string, found: readonly string[], wanted: readonly string[]): string {
  const [first = ""] = wanted;
  const all = new Set(found);
  const isWhole = (prefix: string): boolean => wanted.every((name) => all.has(prefix + name));
  const [prefix = "", another] = isWhole("")
    ? [""]
    : found
        .filter((name) => name.endsWith(first))
        .map((name) => name.slice(0, name.length - first.length))
        .filter((each) => /[/.:]$/.test(each) && isWhole(each));
  if (another === undefined) return prefix;
  throw usageError(
    `The initial model ${from} holds all weights more than once: under ${prefix} and under ${another}.`,
    "Give a file that holds them once.",
  );
}

const shown = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

function listed(parts: readonly string[]): string {
  const more = parts.length - MOST_LISTED;
  return [...parts.slice(0, MOST_LISTED), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

/**
 * What a user should know of a match that is not plain; undefined where it is.
 * @param others what else the file holds, which is no weight of any model
 */
export function describeMatch(
  from: string,
  { prefix, unused }: MatchedWeights,
  others: readonly string[] = [],
): string | undefined {
  const left = [...unused, ...others];
  const remarks = [
    ...(prefix === "" ? [] : [`names there begin with ${prefix}`]),
    ...(left.length === 0 ? [] : [`not taken from it: ${listed(left)}`]),
  ];
  return remarks.length === 0 ? undefined : `All weights were found in ${from}; ${remarks.join("; ")}.`;
}
