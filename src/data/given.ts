/**
 * Data that a user's own function gives: `{ x, y }`, or `{ train, validation?, test? }` of such. Each is a tensor, an array (nested
 * or typed), or both come as examples one by one: a `tf.data.Dataset` or any (async) iterable of `{ x, y }`.
 */
import { messageOf, WhittleError } from "../protocol/errors.ts";
import { assemble, type CutOptions } from "./assemble.ts";
import { type DataSet, type Field, type Split, sizeOf } from "./types.ts";

export interface GivenOptions extends CutOptions {
  /** Whole numbers as targets are values, and not ids of classes. */
  readonly wantsValues?: boolean;
  /** Axes of one example, as the model takes it: what comes one by one with one axis more comes in batches. */
  readonly exampleRank?: number;
  /** Names of the model's inputs and outputs, where it has several. */
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
}

/** Bytes; what is more has to come from a format that is read piece by piece. */
const MOST_BYTES = 2 ** 31;

interface Numbers {
  readonly shape: readonly number[];
  readonly values: Uint8Array | Float32Array | Int32Array;
  /** All are whole, whatever type they came in. */
  readonly isWhole: boolean;
}

/** Of one split; several inputs or targets each for itself. */
interface Part {
  readonly count: number;
  readonly x: readonly Numbers[];
  readonly y: readonly Numbers[];
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
    if (part !== undefined) parts[name] = await readPart(spec, isSplit ? name : "", part, options);
  }
  const { train, validation, test } = parts;
  if (train === undefined) refuse(spec, "it gives no training examples");
  const shapesOf = (fields: readonly Numbers[]) => fields.map(({ shape }) => shape.slice(1));
  const shapes = { x: shapesOf(train.x), y: shapesOf(train.y) };
  for (const [name, part] of Object.entries({ validation, test })) {
    if (part !== undefined && JSON.stringify({ x: shapesOf(part.x), y: shapesOf(part.y) }) !== JSON.stringify(shapes)) {
      refuse(spec, `examples of "${name}" have other shapes than those of "train"`);
    }
  }
  const all = [train, validation, test].filter((part) => part !== undefined);
  const [yShape = []] = shapes.y;
  const isIds =
    options.outputs === undefined &&
    options.wantsValues !== true &&
    yShape.every((length) => length === 1) &&
    all.every(({ y }) => y.every(({ isWhole }) => isWhole));
  const split = ({ count, x, y }: Part): Split => {
    const [inputs, targets] = [sideBySide(x).values, sideBySide(y).values];
    return {
      count,
      x: inputs instanceof Int32Array ? Float32Array.from(inputs) : inputs,
      y: isIds ? Int32Array.from(targets) : Float32Array.from(targets),
    };
  };
  const named = (
    names: readonly string[] | undefined,
    of: readonly (readonly number[])[],
  ): readonly Field[] | undefined => names?.map((name, at) => ({ name, shape: of[at] ?? [] }));
  const [xFields, yFields] = [named(options.inputs, shapes.x), named(options.outputs, shapes.y)];
  return assemble(
    {
      spec,
      xShape: xFields === undefined ? (shapes.x[0] ?? []) : [widthOf(shapes.x)],
      yShape: isIds ? [] : yFields !== undefined ? [widthOf(shapes.y)] : yShape.length === 0 ? [1] : yShape,
      ...(xFields === undefined ? {} : { xFields }),
      ...(yFields === undefined ? {} : { yFields }),
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

const widthOf = (shapes: readonly (readonly number[])[]): number =>
  shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);

/** Rows that hold those of all fields, one behind the other; of one field as it is. */
function sideBySide(fields: readonly Numbers[]): Numbers {
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

function countClasses(spec: string, parts: readonly Part[]): number {
  let most = 0;
  for (const { y } of parts) {
    for (const id of y[0]?.values ?? []) {
      if (id < 0) refuse(spec, `a target is ${id}, which is no class`);
      most = Math.max(most, id);
    }
  }
  return most + 1;
}

async function readPart(spec: string, name: string, given: unknown, options: GivenOptions): Promise<Part> {
  const where = name === "" ? "" : `${name}.`;
  const value = asObject(given);
  if (value === undefined) refuse(spec, `"${name || "it"}" is ${kindOf(given)}`);
  const iterable = await asIterable(value);
  const { x, y } =
    iterable === undefined
      ? {
          x: toFields(spec, `${where}x`, value["x"] ?? value["xs"], options.inputs),
          y: toFields(spec, `${where}y`, value["y"] ?? value["ys"], options.outputs),
        }
      : await collect(spec, where, iterable, options);
  const [count = 0] = x[0]?.shape ?? [];
  if (count === 0) refuse(spec, `${where}x has no examples`);
  for (const [axis, fields, names] of [
    ["x", x, options.inputs],
    ["y", y, options.outputs],
  ] as const) {
    for (const [at, field] of fields.entries()) {
      const label = `${where}${axis}${names === undefined ? "" : `.${names[at]}`}`;
      if (field.shape[0] !== count)
        refuse(spec, `${where}x has ${count} examples, but ${label} has ${field.shape[0] ?? 0}`);
      checkFinite(spec, label, field);
    }
  }
  return { count, x, y };
}

/** Of several by their names, or in their order. */
function toFields(
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
  { exampleRank, inputs, outputs }: GivenOptions,
): Promise<Pick<Part, "x" | "y">> {
  const rows = { x: (inputs ?? [""]).map(() => new Rows()), y: (outputs ?? [""]).map(() => new Rows()) };
  let lastTurn = performance.now();
  for (let at = 0; ; at++) {
    const { value, done } = (await examples.next()) as IteratorResult<unknown>;
    if (done === true) break;
    const fields = asObject(value);
    if (fields === undefined) refuse(spec, `example ${at} is ${kindOf(value)}`);
    const [x, y] = Array.isArray(value) ? value : [fields["x"] ?? fields["xs"], fields["y"] ?? fields["ys"]];
    const own = toFields(spec, `${where}x of example ${at}`, x, inputs);
    const targets = toFields(spec, `${where}y of example ${at}`, y, outputs);
    const count = own[0]?.shape[0];
    const isBatch = (own[0]?.shape.length ?? 0) - 1 === exampleRank && targets.every(({ shape }) => shape[0] === count);
    for (const [name, given] of [
      ["x", own],
      ["y", targets],
    ] as const) {
      for (const [field, numbers] of given.entries()) {
        const shape = isBatch ? numbers.shape.slice(1) : numbers.shape;
        const first = rows[name][field]?.add(numbers, shape);
        if (first !== undefined) {
          refuse(spec, `${name} of example ${at} has shape [${shape}], the first has [${first}]`);
        }
      }
    }
    for (const given of [x, y]) disposeTensors(given);
    const bytes = [...rows.x, ...rows.y].reduce((sum, each) => sum + each.bytes, 0);
    if (bytes > MOST_BYTES) refuse(spec, `it gives more than ${MOST_BYTES / 2 ** 30} GiB`);
    if (performance.now() - lastTurn > TURN_MS) {
      // What comes without waiting would let nobody else have a turn: who wants to stop the run, for one.
      await new Promise((resolve) => setImmediate(resolve));
      lastTurn = performance.now();
    }
  }
  if (rows.x[0]?.bytes === 0) refuse(spec, `${where || "it "}gives no examples`);
  return { x: rows.x.map((each) => each.finish()), y: rows.y.map((each) => each.finish()) };
}

/** Milliseconds of examples between two turns of others. */
const TURN_MS = 50;
/** Values; a few large arrays are kept more cheaply than millions of small ones. */
const CHUNK = 2 ** 18;

/** Rows of one shape, as they come. */
class Rows {
  bytes = 0;
  private shape: readonly number[] | undefined;
  private isWhole = true;
  private length = 0;
  private readonly chunks: Numbers["values"][] = [];
  /** Of the last chunk, how much is in use. */
  private used = 0;

  /** @returns the shape of the rows before, where it is another one */
  add({ values, isWhole }: Numbers, shape: readonly number[]): readonly number[] | undefined {
    this.shape ??= shape;
    if (String(shape) !== String(this.shape)) return this.shape;
    this.isWhole &&= isWhole;
    let last = this.chunks.at(-1);
    if (last === undefined || last.constructor !== values.constructor || last.length - this.used < values.length) {
      this.close();
      last = new (values.constructor as new (length: number) => Numbers["values"])(Math.max(CHUNK, values.length));
      this.chunks.push(last);
      this.used = 0;
    }
    last.set(values, this.used);
    this.used += values.length;
    this.length += values.length;
    this.bytes += values.byteLength;
    return undefined;
  }

  private close(): void {
    const last = this.chunks.pop();
    if (last !== undefined) this.chunks.push(last.subarray(0, this.used));
  }

  finish(): Numbers {
    this.close();
    const shape = this.shape ?? [];
    const [first] = this.chunks;
    const isOfOne = this.chunks.every((chunk) => chunk.constructor === first?.constructor);
    // Of one type, however the first happened to be given.
    const make = (isOfOne ? first?.constructor : undefined) ?? Float32Array;
    const values = new (make as new (length: number) => Numbers["values"])(this.length);
    let at = 0;
    for (const chunk of this.chunks) {
      values.set(chunk, at);
      at += chunk.length;
    }
    return { shape: [this.length / sizeOf(shape), ...shape], values, isWhole: this.isWhole };
  }
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

function disposeTensors(value: unknown): void {
  if (isTensor(value)) value.dispose();
  else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    for (const each of Object.values(value)) if (isTensor(each)) each.dispose();
  }
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
