/**
 * Heads that attend. One whose values nothing reads, or are the same for all that is seen, can go; of those that stay as many columns
 * as none of them needs, which may be others in each head, since scores and values are sums over a head's columns.
 */
import type { Flow } from "../../layers/flow.ts";
import { type Table, tableOf, type Variable, type Weight, weightNamed } from "../weights.ts";
import { type Axes, all, canFold, type Features, type Rule, type RuleParts } from "./rule.ts";

const READS = ["query", "key", "value"] as const;

export function attend(parts: RuleParts<Extract<Flow, { how: "attend" }>>): Rule | undefined {
  const { flow, inputs, outputs, own, weights, isTraining, isShared } = parts;
  const { heads, features: featured } = flow;
  const [asking, answering = asking] = inputs.slice(0, featured);
  const [length] = outputs;
  const found = [...READS, "output" as const].map((name) => weightNamed(weights, name));
  const [query, key, value, output] = found;
  if (query === undefined || key === undefined || value === undefined || output === undefined) return undefined;
  if (asking === undefined || answering === undefined || length !== asking.length) return undefined;
  const inner = output.shape[0] ?? 0;
  const width = inner / heads;
  if (!Number.isInteger(width) || [query, key, value].some(({ shape }) => shape[1] !== inner)) return undefined;
  const headIds = own("heads", heads);
  /** As many are kept as heads are wide. */
  const widthIds = own("width", width);
  // While weights go on changing heads stay as wide, since their scores are scaled by that; and where calls may need other columns.
  const isWhole = isTraining || isShared;
  const columnIds = (name: string): Int32Array =>
    isWhole ? Int32Array.from({ length: inner }, (_, at) => headIds[Math.floor(at / width)] ?? 0) : own(name, inner);
  const [scoreIds, valueIds] = [columnIds("scores"), columnIds("values")];
  const biasOf = (name: string): Weight | undefined => weightNamed(weights, `${name}_bias`);
  const axes = new Map<Variable, Axes>([
    [query.variable, [asking, scoreIds]],
    [key.variable, [answering, scoreIds]],
    [value.variable, [answering, valueIds]],
    // As wide as what asks, since the layer says so.
    [output.variable, [valueIds, asking]],
  ]);
  for (const name of READS) {
    const bias = biasOf(name);
    if (bias !== undefined) axes.set(bias.variable, [name === "value" ? valueIds : scoreIds]);
  }
  const outputBias = biasOf("output");
  if (outputBias !== undefined) axes.set(outputBias.variable, [asking]);

  const [queryTable, keyTable] = [tableOf(query, [0, 1]), tableOf(key, [0, 1])];
  const [valueTable, outputTable] = [tableOf(value, [0, 1]), tableOf(output, [0, 1])];
  const [queryBias, valueBias] = [biasOf("query"), biasOf("value")];
  const columnsOf = (head: number): readonly number[] => Array.from({ length: width }, (_, at) => head * width + at);
  const isZero = (given: Features | undefined, i: number): boolean => given !== undefined && canFold(given, i, false);
  const isUnfed = ({ live }: Table, at: number, ids: Int32Array, given: Features | undefined): boolean =>
    ids.every((_, i) => live[i * inner + at] === 0 || isZero(given, i));
  const seenOf = (given: readonly Features[]): Features | undefined => given[featured - 1];
  /** The column's value does not depend on what is seen, so neither does its mean. */
  const isConstant = (at: number, seen: Features | undefined): boolean =>
    isUnfed(valueTable, at, answering, seen) &&
    // Nowhere to put what its bias gives.
    (outputBias !== undefined || (valueBias?.live[at] ?? 0) === 0);
  const isRead = (at: number, j: number): boolean => outputTable.live[at * length + j] === 1;
  /** Added to the scores of all that is seen alike, which changes no weight of theirs, or 0. */
  const isIdle = (at: number, given: readonly Features[]): boolean =>
    isUnfed(keyTable, at, answering, seenOf(given)) ||
    (isUnfed(queryTable, at, asking, given[0]) && (queryBias?.live[at] ?? 0) === 0);
  const headNumbers = [...headIds.keys()];

  /** Of each head that does anything, the columns that it needs. */
  const working = (given: readonly Features[], [wanted]: readonly (Features | undefined)[]): readonly Head[] =>
    headNumbers.flatMap((head) => {
      const columns = columnsOf(head);
      const values = columns.filter((at) => !isConstant(at, seenOf(given)));
      const read = (at: number): boolean => asking.some((_, j) => wanted?.needed[j] === 1 && isRead(at, j));
      if (isWhole) return values.length > 0 && columns.some(read) ? [{ head, values: columns, scores: columns }] : [];
      const needed = values.filter(read);
      return needed.length > 0 ? [{ head, values: needed, scores: columns.filter((at) => !isIdle(at, given)) }] : [];
    });

  return {
    outputs: [asking],
    axes,
    makes: [
      ...lastAxes([...READS, "output"].flatMap((name) => [weightNamed(weights, name), biasOf(name)])),
      // Where the stream that it is added to has to stay, what reads a head goes with it.
      [output.variable, 0],
    ],
    constants: (given) => [
      Uint8Array.from({ length }, (_, j) =>
        headNumbers.every((head) => {
          const columns = columnsOf(head);
          return !columns.some((at) => isRead(at, j)) || columns.every((at) => isConstant(at, seenOf(given)));
        })
          ? 1
          : 0,
      ),
    ],
    keeps(given, wanted) {
      const active = working(given, wanted);
      if (isWhole) return active.map(({ head }) => headIds[head] ?? 0);
      const least = Math.max(1, ...active.flatMap(({ scores, values }) => [scores.length, values.length]));
      const first = { head: 0, scores: [], values: [] };
      // A layer without heads cannot be built.
      return (active.length > 0 ? active : [first]).flatMap(({ head, scores, values }) => [
        headIds[head] ?? 0,
        ...widthIds.slice(0, least),
        ...fill(scores, columnsOf(head), least).map((at) => scoreIds[at] ?? 0),
        ...fill(values, columnsOf(head), least).map((at) => valueIds[at] ?? 0),
      ]);
    },
    fold: {
      bias: "output_bias",
      sums(_, isLeftOut) {
        const factors = Float64Array.from({ length: inner }, (__, at) =>
          isLeftOut(valueIds[at] ?? 0) ? (valueBias?.values[at] ?? 0) : 0,
        );
        return outputTable.sums(factors);
      },
    },
    sizes: [
      { path: ["heads"], ids: headIds, of: "heads" },
      ...(isWhole ? [] : [{ path: ["headWidth"], ids: widthIds, of: "columns" } as const]),
    ],
    factors(isLeftOut) {
      if (isWhole) return new Map();
      // The layer divides scores by the root of the width that it has.
      const factor = Math.sqrt(widthIds.filter((id) => !isLeftOut(id)).length / width);
      return new Map([query, queryBias].flatMap((weight) => (weight === undefined ? [] : [[weight.variable, factor]])));
    },
    needs(given, [wanted]) {
      const active = working(given, [wanted]);
      // Ids are no features: they say what is seen.
      const needs = given.map(({ ids }, at) => all(ids.length, at < featured ? 0 : 1));
      for (const [at, part, { live }] of [
        [0, "scores", queryTable],
        [featured - 1, "scores", keyTable],
        [featured - 1, "values", valueTable],
      ] as const) {
        const [features, needed] = [given[at], needs[at]];
        for (let i = 0; i < (needed?.length ?? 0); i += 1) {
          if (needed === undefined || isZero(features, i)) continue;
          if (active.some((head) => head[part].some((column) => live[i * inner + column] === 1))) needed[i] = 1;
        }
      }
      return needs;
    },
  };
}

interface Head {
  readonly head: number;
  readonly scores: readonly number[];
  readonly values: readonly number[];
}

/** Those that are needed, and the first of the others, until there are so many. */
function fill(needed: readonly number[], columns: readonly number[], count: number): readonly number[] {
  const others = columns.filter((at) => !needed.includes(at));
  return [...needed, ...others.slice(0, count - needed.length)];
}

const lastAxes = (weights: readonly (Weight | undefined)[]): readonly (readonly [Variable, number])[] =>
  weights.flatMap((weight) => (weight === undefined ? [] : [[weight.variable, weight.shape.length - 1] as const]));
