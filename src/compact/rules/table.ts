/** A row of a table for each id. */
import type { Flow } from "../../layers/flow.ts";
import { tableOf, weightNamed } from "../weights.ts";
import { all, type Rule, type RuleParts } from "./rule.ts";

export function table(parts: RuleParts<Extract<Flow, { how: "table" }>>): Rule | undefined {
  const { flow, units, inputs, outputs, own, weights } = parts;
  const rows = weightNamed(weights, "embeddings");
  const [length] = outputs;
  if (rows === undefined || length === undefined || rows.shape.length !== 2 || rows.shape[1] !== length)
    return undefined;
  const { live, rows: count } = tableOf(rows, [0, 1]);
  for (const ids of inputs) units.pin(ids);
  const [rowIds, output] = [own("rows", count), own("output", length)];
  return {
    outputs: [output],
    axes: new Map([[rows.variable, [rowIds, output]]]),
    constants: () => [
      Uint8Array.from({ length }, (_, column) => {
        for (let row = 0; row < count; row += 1) if (live[row * length + column] === 1) return 0;
        return 1;
      }),
    ],
    // Ids would mean other rows if one were left out.
    makes: [[rows.variable, 0]],
    keeps: () => [...rowIds],
    needs: () => inputs.map((ids) => all(ids.length, 1)),
    sizes: [{ path: [flow.size], ids: output, of: "features" }],
  };
}
