/** The same numbers in another shape, row by row: places are put among the features, or features among the places. */
import type { Flow } from "../../layers/flow.ts";
import { all, type Rule, type RuleParts } from "./rule.ts";

export function reshape(parts: RuleParts<Extract<Flow, { how: "reshape" }>>): Rule | undefined {
  const { flow, units, inputs, outputs, config } = parts;
  const [input] = inputs;
  const [length] = outputs;
  if (input === undefined || length === undefined || input.length === 0) return undefined;
  if (length % input.length !== 0 && input.length % length !== 0) return undefined;
  const widest = Math.max(length, input.length);
  for (let at = length; at < input.length; at += 1) {
    units.join(input.subarray(at % length, (at % length) + 1), input.subarray(at, at + 1));
  }
  const output = Int32Array.from({ length }, (_, at) => input[at % input.length] ?? 0);
  const targetShape = flow.size === undefined ? undefined : config[flow.size];
  // A length of −1 follows from the others.
  const isSaid = Array.isArray(targetShape) && targetShape.at(-1) !== -1;
  return {
    outputs: [output],
    axes: new Map(),
    constants([given]) {
      const constant = all(length, 1);
      for (let at = 0; at < widest; at += 1) {
        if (given?.constant[at % input.length] !== 1) constant[at % length] = 0;
      }
      return [constant];
    },
    needs(_, [wanted]) {
      const needed = all(input.length, 0);
      for (let at = 0; at < widest; at += 1) {
        if (wanted?.needed[at % length] === 1) needed[at % input.length] = 1;
      }
      return [needed];
    },
    ...(isSaid
      ? { sizes: [{ path: ["targetShape", String(targetShape.length - 1)], ids: output, of: "features" }] }
      : {}),
  };
}
