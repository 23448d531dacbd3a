/** One of the things that come one by one: an example, or a batch of them. */
import { asObject, disposeTensors, isTensor, kindOf, type Numbers, refuse, toNumbers } from "./numbers.ts";

/** How examples are told from batches of them, and which fields they have. */
export interface ExampleForm {
  /** Axes of one example, as the model takes it: what comes one by one with one axis more comes in batches. */
  readonly exampleRank?: number;
  /** Names of the model's inputs and outputs, where it has several. */
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
}

/** Numbers of several inputs or targets each for themselves; the first axis counts the examples. */
export interface Item {
  readonly count: number;
  readonly x: readonly Numbers[];
  readonly y: readonly Numbers[];
  /** How much each target counts, where it is said. */
  readonly w?: Numbers;
}

/** Of several by their names, or in their order. */
export function toFields(
  spec: string,
  name: string,
  value: unknown,
  names: readonly string[] | undefined,
): readonly Numbers[] {
  if (names === undefined) return [toNumbers(spec, name, value)];
  if (Array.isArray(value) && value.length === names.length) {
    return names.map((field, at) => toNumbers(spec, `${name}.${field}`, value[at]));
  }
  const fields = isTensor(value) || Array.isArray(value) ? undefined : asObject(value);
  if (fields === undefined)
    refuse(
      spec,
      `the model has ${names.length} of ${name.slice(-1)}, ${names.join(", ")}, but ${name} is ${kindOf(value)}`,
    );
  return names.map((field) => {
    if (!(field in fields))
      refuse(spec, `${name} has no "${field}", it has ${Object.keys(fields).slice(0, 9).join(", ") || "nothing"}`);
    return toNumbers(spec, `${name}.${field}`, fields[field]);
  });
}

/**
 * `{ x, y }`, `{ xs, ys }` or `[x, y]`, with `w` beside them or behind; tensors are disposed of.
 * @param at what to call it: the number of the first example in it
 */
export function readItem(spec: string, where: string, at: number, value: unknown, form: ExampleForm): Item {
  const { exampleRank, inputs, outputs } = form;
  const fields = asObject(value);
  if (fields === undefined) refuse(spec, `example ${at} is ${kindOf(value)}`);
  const [x, y, w] = Array.isArray(value)
    ? value
    : [fields["x"] ?? fields["xs"], fields["y"] ?? fields["ys"], fields["w"]];
  const own = toFields(spec, `${where}x of example ${at}`, x, inputs);
  const targets = toFields(spec, `${where}y of example ${at}`, y, outputs);
  const weights = w === undefined ? undefined : toNumbers(spec, `${where}w of example ${at}`, w);
  for (const given of [x, y, w]) disposeTensors(given);
  const [first] = own;
  const [length = 0] = first?.shape ?? [];
  const isBatch = (first?.shape.length ?? 0) - 1 === exampleRank && targets.every(({ shape }) => shape[0] === length);
  if (isBatch) return { count: length, x: own, y: targets, ...(weights === undefined ? {} : { w: weights }) };
  const alone = (numbers: Numbers): Numbers => ({ ...numbers, shape: [1, ...numbers.shape] });
  const w1 = weights === undefined ? {} : { w: alone(weights) };
  return { count: 1, x: own.map(alone), y: targets.map(alone), ...w1 };
}

/** Rows that hold those of all fields, one behind the other; of one field as it is. */
export function sideBySide(fields: readonly Numbers[]): Numbers {
  const [first] = fields;
  if (first === undefined) throw new Error("there are no fields");
  if (fields.length === 1) return first;
  const [count = 0] = first.shape;
  const widths = fields.map(({ values }) => values.length / count);
  const width = widths.reduce((sum, each) => sum + each, 0);
  const values = new Float32Array(count * width);
  let offset = 0;
  for (const [at, field] of fields.entries()) {
    const own = widths[at] ?? 0;
    for (let row = 0; row < count; row++) {
      values.set(field.values.subarray(row * own, (row + 1) * own), row * width + offset);
    }
    offset += own;
  }
  return { shape: [count, width], values, isWhole: fields.every(({ isWhole }) => isWhole) };
}
