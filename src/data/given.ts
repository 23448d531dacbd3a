/**
 * Data that a user's own function gives: `{ x, y }`, or `{ train, validation?, test? }` of such. Each is a tensor, an array (nested
 * or typed), or both come as examples one by one: a `tf.data.Dataset` or any (async) iterable of `{ x, y }`.
 */
import { messageOf, WhittleError } from "../protocol/errors.ts";
import { assemble, type CutOptions } from "./assemble.ts";
import type { DataSet, Split } from "./types.ts";

export interface GivenOptions extends CutOptions {
  /** Whole numbers as targets are values, and not ids of classes. */
  readonly wantsValues?: boolean;
  /** Axes of one example, as the model takes it: what comes one by one with one axis more comes in batches. */
  readonly exampleRank?: number;
}

/** Bytes; what is more has to come from a format that is read piece by piece. */
const MOST_BYTES = 2 ** 31;

interface Numbers {
  readonly shape: readonly number[];
  readonly values: Uint8Array | Float32Array | Int32Array;
  /** All are whole, whatever type they came in. */
  readonly isWhole: boolean;
}

interface Part {
  readonly count: number;
  readonly x: Numbers;
  readonly y: Numbers;
}

/**
 * @param spec what to call it
 * @throws WhittleError that says what is wrong with what was given, and where
 */
export async function readGiven(spec: string, given: unknown, options: GivenOptions): Promise<DataSet> {
  const value = asObject(given);
  if (value === undefined) refuse(spec, `it gives ${kindOf(given)}`);
  const isSplit = "train" in value;
  const parts: Partial<Record<"train" | "validation" | "test", Part>> = {};
  for (const name of ["train", "validation", "test"] as const) {
    const part = isSplit || name !== "train" ? value[name] : value;
    if (part !== undefined) parts[name] = await readPart(spec, isSplit ? name : "", part, options.exampleRank);
  }
  const { train, validation, test } = parts;
  if (train === undefined) refuse(spec, "it gives no training examples");
  const [xShape, yShape] = [train.x.shape.slice(1), train.y.shape.slice(1)];
  for (const [name, part] of Object.entries({ validation, test })) {
    if (
      part !== undefined &&
      (String(part.x.shape.slice(1)) !== String(xShape) || String(part.y.shape.slice(1)) !== String(yShape))
    ) {
      refuse(spec, `examples of "${name}" have other shapes than those of "train"`);
    }
  }
  const all = [train, validation, test].filter((part) => part !== undefined);
  const isIds =
    options.wantsValues !== true && yShape.every((length) => length === 1) && all.every(({ y }) => y.isWhole);
  const split = ({ count, x, y }: Part): Split => ({
    count,
    x: x.values instanceof Int32Array ? Float32Array.from(x.values) : x.values,
    y: isIds ? Int32Array.from(y.values) : Float32Array.from(y.values),
  });
  return assemble(
    {
      spec,
      xShape,
      yShape: isIds ? [] : yShape.length === 0 ? [1] : yShape,
      scale: 1,
      offset: 0,
      ...(isIds ? { classes: countClasses(spec, all) } : {}),
      train: split(train),
      validation: validation && split(validation),
      test: test && split(test),
    },
    options,
  );
}

function countClasses(spec: string, parts: readonly Part[]): number {
  let most = 0;
  for (const { y } of parts) {
    for (const id of y.values) {
      if (id < 0) refuse(spec, `a target is ${id}, which is no class`);
      most = Math.max(most, id);
    }
  }
  return most + 1;
}

async function readPart(spec: string, name: string, given: unknown, exampleRank: number | undefined): Promise<Part> {
  const where = name === "" ? "" : `${name}.`;
  const value = asObject(given);
  if (value === undefined) refuse(spec, `"${name || "it"}" is ${kindOf(given)}`);
  const iterable = await asIterable(value);
  const [x, y] =
    iterable === undefined
      ? [
          toNumbers(spec, `${where}x`, value["x"] ?? value["xs"]),
          toNumbers(spec, `${where}y`, value["y"] ?? value["ys"]),
        ]
      : await collect(spec, where, iterable, exampleRank);
  const [count = 0] = x.shape;
  if (count === 0) refuse(spec, `${where}x has no examples`);
  if (y.shape[0] !== count) refuse(spec, `${where}x has ${count} examples, but ${where}y has ${y.shape[0] ?? 0}`);
  for (const [axis, numbers] of [
    ["x", x],
    ["y", y],
  ] as const)
    checkFinite(spec, `${where}${axis}`, numbers);
  return { count, x, y };
}

function checkFinite(spec: string, name: string, { values, shape }: Numbers): void {
  if (!(values instanceof Float32Array)) return;
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const size = values.length / (shape[0] ?? 1);
  refuse(spec, `${name} has ${values[at]} in example ${Math.floor(at / size)}`);
}

type Fields = Readonly<Record<string, unknown>>;

const asObject = (value: unknown): Fields | undefined =>
  (typeof value === "object" && value !== null) || typeof value === "function" ? (value as Fields) : undefined;

interface Examples {
  next(): unknown;
}

/** Of a Dataset of TensorFlow.js too, whose iterator is a promise of one. */
async function asIterable(value: Fields): Promise<Examples | undefined> {
  if ("x" in value || "xs" in value) return undefined;
  for (const method of [Symbol.asyncIterator, Symbol.iterator, "iterator"] as const) {
    const make: unknown = Reflect.get(value, method);
    if (typeof make === "function") return (await make.call(value)) as Examples;
  }
  return undefined;
}

async function collect(
  spec: string,
  where: string,
  examples: Examples,
  exampleRank: number | undefined,
): Promise<readonly [Numbers, Numbers]> {
  const found = { x: [] as Numbers[], y: [] as Numbers[] };
  let bytes = 0;
  for (;;) {
    const { value, done } = (await examples.next()) as IteratorResult<unknown>;
    if (done === true) break;
    const at = found.x.length;
    const fields = asObject(value);
    if (fields === undefined) refuse(spec, `example ${at} is ${kindOf(value)}`);
    const [x, y] = Array.isArray(value) ? value : [fields["x"] ?? fields["xs"], fields["y"] ?? fields["ys"]];
    const [own, target] = [
      toNumbers(spec, `${where}x of example ${at}`, x),
      toNumbers(spec, `${where}y of example ${at}`, y),
    ];
    const isBatch = own.shape.length - 1 === exampleRank && own.shape[0] === target.shape[0];
    for (const [name, numbers] of [
      ["x", own],
      ["y", target],
    ] as const) {
      for (const row of isBatch ? rowsOf(numbers) : [numbers]) {
        const [first = row] = found[name];
        if (String(first.shape) !== String(row.shape)) {
          refuse(spec, `${name} of example ${at} has shape [${row.shape}], the first has [${first.shape}]`);
        }
        found[name].push(row);
      }
      bytes += numbers.values.byteLength;
    }
    for (const given of [x, y]) disposeTensor(given);
    if (bytes > MOST_BYTES) refuse(spec, `it gives more than ${MOST_BYTES / 2 ** 30} GiB`);
  }
  if (found.x.length === 0) refuse(spec, `${where || "it "}gives no examples`);
  return [stack(found.x), stack(found.y)];
}

function rowsOf({ shape: [count = 0, ...shape], values, isWhole }: Numbers): Numbers[] {
  const size = values.length / count;
  return Array.from({ length: count }, (_, at) => ({
    shape,
    values: values.slice(at * size, (at + 1) * size),
    isWhole,
  }));
}

function stack(rows: readonly Numbers[]): Numbers {
  const [first] = rows;
  if (first === undefined) throw new Error("nothing to stack");
  const size = first.values.length;
  // Of one type, however the first happens to be given.
  const isOfOne = rows.every(({ values }) => values.constructor === first.values.constructor);
  const values = isOfOne
    ? new (first.values.constructor as new (length: number) => Numbers["values"])(rows.length * size)
    : new Float32Array(rows.length * size);
  for (const [at, row] of rows.entries()) values.set(row.values, at * size);
  return { shape: [rows.length, ...first.shape], values, isWhole: rows.every(({ isWhole }) => isWhole) };
}

interface TensorLike {
  readonly shape: readonly number[];
  dataSync(): Numbers["values"];
  dispose(): void;
}

function isTensor(value: unknown): value is TensorLike {
  return typeof value === "object" && value !== null && "dataSync" in value && "shape" in value;
}

function disposeTensor(value: unknown): void {
  if (isTensor(value)) value.dispose();
}

function toNumbers(spec: string, name: string, value: unknown): Numbers {
  if (isTensor(value)) return numbersOf(value.dataSync(), value.shape);
  if (typeof value === "number" || typeof value === "boolean") return numbersOf([Number(value)], []);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return numbersOf(value as unknown as ArrayLike<number>, [(value as unknown as ArrayLike<number>).length]);
  }
  if (!Array.isArray(value)) refuse(spec, `${name} is ${kindOf(value)}`);
  if (value.every((each) => typeof each === "number" || typeof each === "boolean"))
    return numbersOf(value.map(Number), [value.length]);
  const rows = value.map((row: unknown, at) => toNumbers(spec, `${name}[${at}]`, row));
  const [first] = rows;
  if (first === undefined) return { shape: [0], values: new Float32Array(0), isWhole: true };
  const odd = rows.findIndex(({ shape }) => String(shape) !== String(first.shape));
  if (odd >= 0) refuse(spec, `${name}[${odd}] has shape [${rows[odd]?.shape}], ${name}[0] has [${first.shape}]`);
  return stack(rows);
}

function numbersOf(values: ArrayLike<number>, shape: readonly number[]): Numbers {
  if (values instanceof Uint8Array || values instanceof Uint8ClampedArray) {
    return { shape, values: new Uint8Array(values.buffer, values.byteOffset, values.length), isWhole: true };
  }
  const isInteger =
    values instanceof Int32Array ||
    values instanceof Int16Array ||
    values instanceof Int8Array ||
    values instanceof Uint16Array;
  if (isInteger) return { shape, values: Int32Array.from(values), isWhole: true };
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    const numbers = Array.from(values as ArrayLike<unknown> as ArrayLike<bigint>, Number);
    return { shape, values: Float32Array.from(numbers), isWhole: true };
  }
  const floats = values instanceof Float32Array ? values : Float32Array.from(values);
  return { shape, values: floats, isWhole: floats.every((value) => Number.isInteger(value)) };
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value !== "object") return `a ${typeof value} (${messageOf(value).slice(0, 40)})`;
  return Array.isArray(value) ? "a list" : `an object with ${Object.keys(value).slice(0, 5).join(", ") || "nothing"}`;
}

function refuse(spec: string, what: string): never {
  throw new WhittleError(`The data of "${spec}" cannot be used: ${what}.`, {
    remedy:
      "Give { x, y }, or { train: { x, y }, validation: …, test: … }: tensors, arrays of numbers, or examples { x, y } one by one.",
  });
}
