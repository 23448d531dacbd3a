import type { Rule, RuleParts } from "./rule.ts";

/** The inputs' features, one after another. */
export function concatenate({ inputs, outputs }: RuleParts): Rule | undefined {
  const output = Int32Array.from(inputs.flatMap((ids) => [...ids]));
  if (output.length !== outputs[0]) return undefined;
  const starts = inputs.map((_, index) => inputs.slice(0, index).reduce((sum, ids) => sum + ids.length, 0));
  return {
    outputs: [output],
    axes: new Map(),
    constants: (given) => [Uint8Array.from(given.flatMap(({ constant }) => [...constant]))],
    needs: (given, [wanted]) =>
      given.map(({ ids }, index) => {
        const start = starts[index] ?? 0;
        return wanted?.needed.slice(start, start + ids.length) ?? new Uint8Array(ids.length).fill(1);
      }),
  };
}
