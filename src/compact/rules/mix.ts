/** Every feature of the output is a sum of features of the input, times weights. */
import type { Flow } from "../../layers/flow.ts";
import { kindOfClass } from "../../layers/index.ts";
import type { Axis } from "../../layers/layerKind.ts";
import { tableOf, type Variable, type Weight, weightNamed } from "../weights.ts";
import { type Axes, all, canFold, type Features, type Rule, type RuleParts } from "./rule.ts";

/** What leads from inputs to outputs. */
interface Links {
  /** 1 at `input · outputs + output` where anything leads there. */
  readonly live: Uint8Array;
  readonly outputs: number;
  /** What a bias has to give in the place of constant inputs; nothing where that is not worked out. */
  readonly sums?: (factors: Float64Array) => Float64Array;
}

type MixParts = RuleParts<Extract<Flow, { how: "mix" }>>;

export function mix(parts: MixParts): Rule | undefined {
  const { flow, units, inputs, outputs, own, weights, config } = parts;
  const [input] = inputs;
  const [length] = outputs;
  const found = readLinks(parts);
  if (input === undefined || length === undefined || found === undefined || inputs.length !== 1) return undefined;
  const { links, axesOf, multiplier } = found;
  if (links.live.length !== input.length * length || links.outputs !== length) return undefined;
  const output = multiplier === undefined ? own("output", length) : repeat(input, multiplier);
  if (flow.pinned === true) units.pin(output);
  const bias = weightNamed(weights, "bias");
  const axes = new Map<Variable, Axes>(axesOf(input, output));
  if (bias !== undefined) axes.set(bias.variable, [output]);
  const takesOthers =
    !flow.pads &&
    !parts.isShared &&
    links.sums !== undefined &&
    (bias !== undefined || (!parts.isTraining && config["useBias"] === false));
  const { live } = links;
  return {
    outputs: [output],
    axes,
    makes: [...madeBy(axes, output)],
    constants([given]) {
      const constant = all(length, 1);
      for (let i = 0; i < input.length; i += 1) {
        if (given !== undefined && given.constant[i] === 1 && (!flow.pads || given.value[i] === 0)) continue;
        for (let j = 0; j < length; j += 1) if (live[i * length + j] === 1) constant[j] = 0;
      }
      return [constant];
    },
    needs([given], [wanted]) {
      const needed = all(input.length, 0);
      for (let i = 0; i < input.length; i += 1) {
        if (given !== undefined && canFold(given, i, takesOthers)) continue;
        for (let j = 0; j < length; j += 1) {
          if (live[i * length + j] === 1 && wanted?.needed[j] === 1) needed[i] = 1;
        }
      }
      return [needed];
    },
    ...(takesOthers
      ? {
          fold: {
            bias: "bias",
            useBias: ["useBias"],
            sums: ([given], isLeftOut) => foldInto(links, input, given, isLeftOut),
          },
        }
      : {}),
    ...(flow.size === undefined ? {} : { sizes: [{ path: [flow.size], ids: output, of: flow.size }] }),
  };
}

/** Of axes that count outputs the last: a depthwise kernel has only those of its inputs, which are of one unit with them. */
function* madeBy(axes: ReadonlyMap<Variable, Axes>, output: Int32Array): Generator<[Variable, number]> {
  const outputs = new Set(output);
  for (const [variable, ofAxes] of axes) {
    const axis = ofAxes.findLastIndex((ids) => ids?.some((id) => outputs.has(id)) === true);
    if (axis >= 0) yield [variable, axis];
  }
}

function foldInto(
  { sums, outputs }: Links,
  input: Int32Array,
  given: Features | undefined,
  isLeftOut: (id: number) => boolean,
): Float64Array {
  const factors = Float64Array.from(input, (id, index) =>
    isLeftOut(id) && given?.constant[index] === 1 ? (given.value[index] ?? 0) : 0,
  );
  return factors.some((factor) => factor !== 0) && sums !== undefined ? sums(factors) : new Float64Array(outputs);
}

/** Where each input makes features of its own, these are of one unit with it. */
function repeat(input: Int32Array, times: number): Int32Array {
  return Int32Array.from({ length: input.length * times }, (_, at) => input[Math.floor(at / times)] ?? 0);
}

interface Found {
  readonly links: Links;
  axesOf(input: Int32Array, output: Int32Array): readonly (readonly [Variable, Axes])[];
  /** Channels that are made of each input alone. */
  readonly multiplier: number | undefined;
}

function readLinks(parts: MixParts): Found | undefined {
  const kernel = weightNamed(parts.weights, "kernel");
  if (kernel !== undefined) return linksOfKernel(parts.className, kernel);
  const depthwise = weightNamed(parts.weights, "depthwise_kernel");
  if (depthwise === undefined) return undefined;
  const pointwise = weightNamed(parts.weights, "pointwise_kernel");
  return pointwise === undefined ? linksOfDepthwise(depthwise) : linksOfSeparable(depthwise, pointwise);
}

function linksOfKernel(className: string, kernel: Weight): Found | undefined {
  const kind = kindOfClass(className)?.weights?.["kernel"];
  if (kind === undefined) return undefined;
  const axisOf = (what: Axis): number => kernel.shape.length - kind.axes.length + kind.axes.indexOf(what);
  const [rows, columns] = [axisOf("input"), axisOf("output")];
  if (rows < 0 || columns < 0) return undefined;
  const table = tableOf(kernel, [rows, columns]);
  return {
    links: { live: table.live, outputs: table.columns, sums: table.sums },
    axesOf: (input, output) => [
      [kernel.variable, kernel.shape.map((_, axis) => (axis === rows ? input : axis === columns ? output : null))],
    ],
    multiplier: undefined,
  };
}

function linksOfDepthwise(kernel: Weight): Found {
  const [inputAxis, multiplierAxis] = [kernel.shape.length - 2, kernel.shape.length - 1];
  const table = tableOf(kernel, [inputAxis, multiplierAxis]);
  const { rows, columns: multiplier } = table;
  const outputs = rows * multiplier;
  const live = new Uint8Array(rows * outputs);
  for (let i = 0; i < rows; i += 1) {
    for (let m = 0; m < multiplier; m += 1)
      live[i * outputs + i * multiplier + m] = table.live[i * multiplier + m] ?? 0;
  }
  return {
    links: { live, outputs },
    axesOf: (input) => [[kernel.variable, kernel.shape.map((_, axis) => (axis === inputAxis ? input : null))]],
    multiplier,
  };
}

function linksOfSeparable(depthwise: Weight, pointwise: Weight): Found {
  const first = tableOf(depthwise, [depthwise.shape.length - 2, depthwise.shape.length - 1]);
  const second = tableOf(pointwise, [pointwise.shape.length - 2, pointwise.shape.length - 1]);
  const { rows, columns: multiplier } = first;
  const outputs = second.columns;
  const live = new Uint8Array(rows * outputs);
  for (let inner = 0; inner < rows * multiplier; inner += 1) {
    if (first.live[inner] !== 1) continue;
    const i = Math.floor(inner / multiplier);
    for (let j = 0; j < outputs; j += 1) if (second.live[inner * outputs + j] === 1) live[i * outputs + j] = 1;
  }
  const innerAxis = pointwise.shape.length - 2;
  const inputAxis = depthwise.shape.length - 2;
  return {
    links: { live, outputs },
    axesOf: (input, output) => {
      const between = repeat(input, multiplier);
      return [
        [depthwise.variable, depthwise.shape.map((_, axis) => (axis === inputAxis ? input : null))],
        [
          pointwise.variable,
          pointwise.shape.map((_, axis) => (axis === innerAxis ? between : axis === innerAxis + 1 ? output : null)),
        ],
      ];
    },
    multiplier: undefined,
  };
}
