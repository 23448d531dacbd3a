/** Heads that attend. One whose values nothing reads, or are the same for all that is seen, can go. */
import type { Flow } from "../../layers/flow.ts";
import { tableOf, type Variable, type Weight, weightNamed } from "../weights.ts";
import { type Axes, all, canFold, type Features, type Rule, type RuleParts } from "./rule.ts";

const READS = ["query", "key", "value"] as const;

export function attend(parts: RuleParts<Extract<Flow, { how: "attend" }>>): Rule | undefined {
  const { flow, inputs, outputs, own, weights } = parts;
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
  const innerIds = Int32Array.from({ length: inner }, (_, at) => headIds[Math.floor(at / width)] ?? 0);
  const biasOf = (name: string): Weight | undefined => weightNamed(weights, `${name}_bias`);
  const axes = new Map<Variable, Axes>([
    [query.variable, [asking, innerIds]],
    [key.variable, [answering, innerIds]],
    [value.variable, [answering, innerIds]],
    // As wide as what asks, since the layer says so.
    [output.variable, [innerIds, asking]],
  ]);
  for (const name of READS) {
    const bias = biasOf(name);
    if (bias !== undefined) axes.set(bias.variable, [innerIds]);
  }
  const outputBias = biasOf("output");
  if (outputBias !== undefined) axes.set(outputBias.variable, [asking]);

  const [valueTable, outputTable] = [tableOf(value, [0, 1]), tableOf(output, [0, 1])];
  const reading = ([query, key, value] as const).map((weight) => tableOf(weight, [0, 1]));
  const valueBias = biasOf("value");
  const inHead = (head: number): readonly number[] => Array.from({ length: width }, (_, at) => head * width + at);
  const isZero = (given: Features | undefined, i: number): boolean => given !== undefined && canFold(given, i, false);
  /** The values of the head do not depend on what is seen, so neither does their mean. */
  const isConstant = (head: number, seen: Features | undefined): boolean =>
    inHead(head).every((at) => answering.every((_, i) => valueTable.live[i * inner + at] === 0 || isZero(seen, i))) &&
    // Nowhere to put what its bias gives.
    (outputBias !== undefined || inHead(head).every((at) => (valueBias?.live[at] ?? 0) === 0));
  const isRead = (head: number, j: number): boolean =>
    inHead(head).some((at) => outputTable.live[at * length + j] === 1);
  const seenOf = (given: readonly Features[]): Features | undefined => given[featured - 1];
  const headNumbers = [...headIds.keys()];

  const working = (given: readonly Features[], [wanted]: readonly (Features | undefined)[]): readonly number[] =>
    headNumbers.filter(
      (head) => !isConstant(head, seenOf(given)) && asking.some((_, j) => wanted?.needed[j] === 1 && isRead(head, j)),
    );

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
        headNumbers.every((head) => !isRead(head, j) || isConstant(head, seenOf(given))) ? 1 : 0,
      ),
    ],
    keeps: (given, wanted) => working(given, wanted).map((head) => headIds[head] ?? 0),
    fold: {
      bias: "output_bias",
      sums(_, isLeftOut) {
        const factors = Float64Array.from({ length: inner }, (__, at) =>
          isLeftOut(innerIds[at] ?? 0) ? (valueBias?.values[at] ?? 0) : 0,
        );
        return outputTable.sums(factors);
      },
    },
    sizes: [{ path: ["heads"], ids: headIds, of: "heads" }],
    needs(given, [wanted]) {
      const active = working(given, [wanted]);
      // Ids are no features: they say what is seen.
      const needs = given.map(({ ids }, at) => all(ids.length, at < featured ? 0 : 1));
      for (const [index, { live }] of reading.entries()) {
        const at = index === 0 ? 0 : featured - 1;
        const [features, needed] = [given[at], needs[at]];
        for (let i = 0; i < (needed?.length ?? 0); i += 1) {
          if (needed === undefined || isZero(features, i)) continue;
          if (active.some((head) => inHead(head).some((column) => live[i * inner + column] === 1))) needed[i] = 1;
        }
      }
      return needs;
    },
  };
}

const lastAxes = (weights: readonly (Weight | undefined)[]): readonly (readonly [Variable, number])[] =>
  weights.flatMap((weight) => (weight === undefined ? [] : [[weight.variable, weight.shape.length - 1] as const]));
