/** Units that also see what they gave one step before. One that sees nothing and has no bias gives 0 for ever. */
import type { Flow } from "../../layers/flow.ts";
import { type Table, tableOf, type Variable, type Weight, weightNamed } from "../weights.ts";
import { type Axes, all, canFold, type Features, type Rule, type RuleParts } from "./rule.ts";

/** One direction. */
export interface Recurrence {
  readonly axes: ReadonlyMap<Variable, Axes>;
  constants(given: Features | undefined): Uint8Array;
  needs(given: Features | undefined, wanted: Uint8Array): Uint8Array;
  /** 1 for units that are needed, by what comes after or by such a unit. */
  keeps(given: Features | undefined, wanted: Uint8Array): Uint8Array;
}

/**
 * Gates lie one after another along the last axes, each with all units.
 * @param output ids of the units
 */
export function readRecurrence(
  weights: readonly Weight[],
  input: Int32Array,
  output: Int32Array,
): Recurrence | undefined {
  const [kernel, recurrent, bias] = ["kernel", "recurrent_kernel", "bias"].map((name) => weightNamed(weights, name));
  const count = output.length;
  if (kernel === undefined || recurrent === undefined || kernel.shape.length !== 2) return undefined;
  if (kernel.shape[0] !== input.length || recurrent.shape[0] !== count || (kernel.shape[1] ?? 0) % count !== 0) {
    return undefined;
  }
  const [fromInput, fromState] = [byUnit(tableOf(kernel, [0, 1]), count), byUnit(tableOf(recurrent, [0, 1]), count)];
  const gates = Int32Array.from({ length: kernel.shape[1] ?? 0 }, (_, at) => output[at % count] ?? 0);
  const axes = new Map<Variable, Axes>([
    [kernel.variable, [input, gates]],
    [recurrent.variable, [output, gates]],
  ]);
  if (bias !== undefined) axes.set(bias.variable, [...bias.shape.slice(1).map(() => null), gates]);
  const hasBias = (unit: number): boolean => {
    for (let at = unit; at < (bias?.values.length ?? 0); at += count) if (bias?.live[at] !== 0) return true;
    return false;
  };
  return {
    axes,
    constants(given) {
      const constant = Uint8Array.from(output, (_, unit) => (hasBias(unit) ? 0 : 1));
      for (let unit = 0; unit < count; unit += 1) {
        for (let i = 0; i < input.length; i += 1) {
          const isZero = given?.constant[i] === 1 && given.value[i] === 0;
          if (!isZero && fromInput[i * count + unit] === 1) constant[unit] = 0;
        }
      }
      // Until nothing changes: a unit that sees one that is not 0 is not 0.
      for (let isChanging = true; isChanging; ) {
        isChanging = false;
        for (let unit = 0; unit < count; unit += 1) {
          for (let state = 0; state < count && constant[unit] === 1; state += 1) {
            if (constant[state] === 1 || fromState[state * count + unit] !== 1) continue;
            constant[unit] = 0;
            isChanging = true;
          }
        }
      }
      return constant;
    },
    keeps(given, wanted) {
      const zero = this.constants(given);
      const isNeeded = Uint8Array.from(wanted);
      for (let isChanging = true; isChanging; ) {
        isChanging = false;
        for (let state = 0; state < count; state += 1) {
          if (isNeeded[state] === 1 || zero[state] === 1) continue;
          for (let unit = 0; unit < count; unit += 1) {
            if (isNeeded[unit] !== 1 || fromState[state * count + unit] !== 1) continue;
            isNeeded[state] = 1;
            isChanging = true;
          }
        }
      }
      return isNeeded;
    },
    needs(given, wanted) {
      const isNeeded = this.keeps(given, wanted);
      return Uint8Array.from(input, (_, i) => {
        if (given !== undefined && canFold(given, i, false)) return 0;
        for (let unit = 0; unit < count; unit += 1) {
          if (isNeeded[unit] === 1 && fromInput[i * count + unit] === 1) return 1;
        }
        return 0;
      });
    },
  };
}

/** Needed in one of the outputs. */
function anyOf([first, ...others]: readonly Features[]): Uint8Array {
  return Uint8Array.from(first?.needed ?? [], (needed, unit) =>
    needed === 1 || others.some((other) => other.needed[unit] === 1) ? 1 : 0,
  );
}

/** The last axis of each weight counts gates. */
const gatesOf = (axes: Recurrence["axes"]): NonNullable<Rule["makes"]> =>
  [...axes].map(([variable, { length }]) => [variable, length - 1]);

const idsOf = (ids: Int32Array, chosen: Uint8Array): readonly number[] => [...ids].filter((_, at) => chosen[at] === 1);

/** All gates of a unit taken together: 1 at `row · units + unit`. */
function byUnit({ rows, columns, live }: Table, units: number): Uint8Array {
  const together = new Uint8Array(rows * units);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      if (live[row * columns + column] === 1) together[row * units + (column % units)] = 1;
    }
  }
  return together;
}

export function recur(parts: RuleParts<Extract<Flow, { how: "recur" }>>): Rule | undefined {
  const { flow, inputs, outputs, own, weights } = parts;
  const [input] = inputs;
  const [count] = outputs;
  if (input === undefined || count === undefined || outputs.some((length) => length !== count)) return undefined;
  const output = own("output", count);
  const recurrence = readRecurrence(weights, input, output);
  if (recurrence === undefined) return undefined;
  return {
    // What it gives and, where asked for, its states.
    outputs: outputs.map(() => output),
    axes: recurrence.axes,
    makes: gatesOf(recurrence.axes),
    constants: ([given]) => outputs.map(() => recurrence.constants(given)),
    needs: ([given], wanted) => [recurrence.needs(given, anyOf(wanted))],
    keeps: ([given], wanted) => idsOf(output, recurrence.keeps(given, anyOf(wanted))),
    sizes: [{ path: [flow.size], ids: output, of: flow.size }],
  };
}

/** A recurrent layer in both directions: they have as many units each, as one configuration stands for both. */
export function directions(
  parts: RuleParts<Extract<Flow, { how: "directions" }>>,
  [forward, backward]: readonly [readonly Weight[], readonly Weight[]],
): Rule | undefined {
  const { flow, inputs, outputs, own } = parts;
  const [input] = inputs;
  const [length] = outputs;
  if (input === undefined || length === undefined || inputs.length !== 1 || outputs.length !== 1) return undefined;
  const isBeside = flow.merge === "concat";
  const count = isBeside ? length / 2 : length;
  const output = own("output", count);
  const both = [forward, backward].map((weights) => readRecurrence(weights, input, output));
  const [there, back] = both;
  if (there === undefined || back === undefined || flow.merge === null) return undefined;
  const halves = (wanted: Features | undefined): readonly [Uint8Array, Uint8Array] => {
    const needed = wanted?.needed ?? all(length, 1);
    return isBeside ? [needed.subarray(0, count), needed.subarray(count)] : [needed, needed];
  };
  return {
    outputs: [isBeside ? Int32Array.from([...output, ...output]) : output],
    axes: new Map([...there.axes, ...back.axes]),
    makes: gatesOf(new Map([...there.axes, ...back.axes])),
    constants([given]) {
      const [one, other] = [there.constants(given), back.constants(given)];
      if (isBeside) return [Uint8Array.from([...one, ...other])];
      return [Uint8Array.from(one, (value, unit) => (value === 1 && other[unit] === 1 ? 1 : 0))];
    },
    needs([given], [wanted]) {
      const [one, other] = halves(wanted);
      const [ahead, behind] = [there.needs(given, one), back.needs(given, other)];
      return [Uint8Array.from(ahead, (value, i) => (value === 1 || behind[i] === 1 ? 1 : 0))];
    },
    keeps([given], [wanted]) {
      const [one, other] = halves(wanted);
      return [...idsOf(output, there.keeps(given, one)), ...idsOf(output, back.keeps(given, other))];
    },
    sizes: [{ path: ["layer", "config", "units"], ids: output, of: "units" }],
  };
}
