/** Numbers as users give them: tensors, typed arrays, nested arrays. */
import { messageOf, WhittleError } from "../../protocol/errors.ts";

export interface Numbers {
  readonly shape: readonly number[];
  readonly values: Uint8Array | Float32Array | Int32Array;
  /** All are whole, whatever type they came in. */
  readonly isWhole: boolean;
}

export type Fields = Readonly<Record<string, unknown>>;

export const asObject = (value: unknown): Fields | undefined =>
  (typeof value === "object" && value !== null) || typeof value === "function" ? (value as Fields) : undefined;

interface TensorLike {
  readonly shape: readonly number[];
  dataSync(): Numbers["values"];
  dispose(): void;
}

export function isTensor(value: unknown): value is TensorLike {
  return typeof value === "object" && value !== null && "dataSync" in value && "shape" in value;
}

export function disposeTensors(value: unknown): void {
  if (isTensor(value)) value.dispose();
  else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    for (const each of Object.values(value)) if (isTensor(each)) each.dispose();
  }
}

/** @throws WhittleError for what is no number, and for rows of different shapes */
export function toNumbers(spec: string, name: string, value: unknown): Numbers {
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
  return { shape, values: floats, isWhole: areWhole(floats) };
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

/** @param first number of the first example in it */
export function checkFinite(spec: string, name: string, { values, shape }: Numbers, first = 0): void {
  if (!(values instanceof Float32Array)) return;
  const at = findNonFinite(values);
  if (at < 0) return;
  const size = values.length / (shape[0] ?? 1);
  refuse(spec, `${name} has ${values[at]} in example ${first + Math.floor(at / size)}`);
}

// Plain loops: `findIndex` and `every` take eight times as long, more than all else that is done with an example.

function findNonFinite(values: Float32Array): number {
  for (let at = 0; at < values.length; at++) {
    if (!Number.isFinite(values[at])) return at;
  }
  return -1;
}

function areWhole(values: Float32Array): boolean {
  for (let at = 0; at < values.length; at++) {
    if (!Number.isInteger(values[at])) return false;
  }
  return true;
}

export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value !== "object") return `a ${typeof value} (${messageOf(value).slice(0, 40)})`;
  return Array.isArray(value) ? "a list" : `an object with ${Object.keys(value).slice(0, 5).join(", ") || "nothing"}`;
}

const FORMS =
  "Give { x, y }, or { train: { x, y }, validation: …, test: … }: tensors, arrays of numbers, or examples { x, y } one by one.";

export function refuse(spec: string, what: string, remedy = FORMS): never {
  throw new WhittleError(`The data of "${spec}" cannot be used: ${what}.`, { remedy });
}
