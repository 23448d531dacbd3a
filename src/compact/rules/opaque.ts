/** A layer of which nothing is known: what it takes and gives stays as it is. */
import { all, type Rule, type RuleParts } from "./rule.ts";

export function opaque({ units, inputs, outputs, own }: RuleParts): Rule {
  for (const ids of inputs) units.pin(ids);
  const given = outputs.map((length, index) => own(`output ${index}`, length));
  for (const ids of given) units.pin(ids);
  return {
    outputs: given,
    axes: new Map(),
    constants: () => outputs.map((length) => all(length, 0)),
    needs: () => inputs.map(({ length }) => all(length, 1)),
  };
}
