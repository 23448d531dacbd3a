/** Feature i of the output comes from feature i of each input alone. */
import type { Flow } from "../../layers/flow.ts";
import { kindOfClass } from "../../layers/index.ts";
import { type Variable, weightNamed } from "../weights.ts";
import { type Axes, all, type Features, type Rule, type RuleParts } from "./rule.ts";

export function each(parts: RuleParts<Extract<Flow, { how: "each" }>>): Rule | undefined {
  const { flow, units, inputs, outputs, weights, className } = parts;
  const [length] = outputs;
  const whole = inputs.filter((ids) => ids.length === length);
  const [first, ...others] = whole;
  if (first === undefined || length === undefined || outputs.length !== 1) return undefined;
  for (const ids of others) units.join(first, ids);
  // One number that goes to all features.
  for (const ids of inputs) if (ids.length !== length) units.pin(ids);
  const scale = flow.scale === undefined ? undefined : weightNamed(weights, flow.scale);
  const isScaled = (index: number): boolean => scale === undefined || scale.live[index] !== 0;
  /** Undefined where it differs from example to example or place to place. */
  const valueAt = ({ ids, constant, value }: Features, index: number): number | undefined => {
    const at = ids.length === length ? index : 0;
    return constant[at] === 1 ? value[at] : undefined;
  };
  /** What it scales and shifts by; statistics are not made, and a slope of 0 makes no 0. */
  const made = scale === undefined ? [] : weights.filter(({ name }) => name === flow.scale || name === "beta");
  return {
    outputs: [first],
    makes: made.map(({ variable, shape }) => [variable, shape.length - 1] as const),
    axes: new Map(
      weights.map(({ variable, name, shape }): [Variable, Axes] => {
        const isOurs = kindOfClass(className)?.weights?.[name] !== undefined && shape.at(-1) === length;
        return [variable, shape.map((_, axis) => (isOurs && axis === shape.length - 1 ? first : null))];
      }),
    ),
    constants: (given) => [
      Uint8Array.from({ length }, (_, index) => {
        if (!isScaled(index)) return 1;
        const values = given.map((input) => valueAt(input, index));
        if (flow.zeroWins === true && values.includes(0)) return 1;
        // In training a normalization by the batch makes something else of it than by running statistics.
        if (scale !== undefined && parts.isTraining) return 0;
        return values.every((value) => value !== undefined && (flow.pads !== true || value === 0)) ? 1 : 0;
      }),
    ],
    needs: (given, [wanted]) =>
      given.map(({ ids }) =>
        ids.length === length
          ? Uint8Array.from(ids, (_, index) => (isScaled(index) ? (wanted?.needed[index] ?? 1) : 0))
          : all(ids.length, 1),
      ),
  };
}
