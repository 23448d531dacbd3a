/**
 * Arrays of NumPy's NPY format (numpy.lib.format, versions 1 to 3): a magic number, a header that is a Python dictionary of
 * `descr`, `fortran_order` and `shape`, then the values. Read strictly: what is not as it should be is an error.
 */

import { getFloat16 } from "@petamoriken/float16";
import { fail } from "../files.ts";

export interface NpyArray {
  readonly shape: readonly number[];
  /** Row-major. 64-bit values as floats; integers of up to 32 bits as they are. */
  readonly values: Uint8Array | Int32Array | Float32Array;
}

const MAGIC = Buffer.from("\x93NUMPY", "latin1");
const HEADER = /^\{'descr': '([<>|=]?)([a-z]\d+)', 'fortran_order': (True|False), 'shape': \(([\d, ]*)\), ?\}\s*$/;
const REMEDY = "Save it anew with numpy.save or numpy.savez, as numbers (bool, int, uint or float).";

interface Reader {
  readonly bytes: number;
  readonly make: (count: number) => NpyArray["values"];
  readonly read: (view: DataView, at: number, isLittle: boolean) => number;
}

const READERS: Readonly<Record<string, Reader>> = {
  b1: { bytes: 1, make: (count) => new Uint8Array(count), read: (view, at) => view.getUint8(at) },
  u1: { bytes: 1, make: (count) => new Uint8Array(count), read: (view, at) => view.getUint8(at) },
  i1: { bytes: 1, make: (count) => new Int32Array(count), read: (view, at) => view.getInt8(at) },
  u2: { bytes: 2, make: (count) => new Int32Array(count), read: (view, at, little) => view.getUint16(at, little) },
  i2: { bytes: 2, make: (count) => new Int32Array(count), read: (view, at, little) => view.getInt16(at, little) },
  i4: { bytes: 4, make: (count) => new Int32Array(count), read: (view, at, little) => view.getInt32(at, little) },
  u4: { bytes: 4, make: (count) => new Float32Array(count), read: (view, at, little) => view.getUint32(at, little) },
  i8: {
    bytes: 8,
    make: (count) => new Float32Array(count),
    read: (view, at, little) => Number(view.getBigInt64(at, little)),
  },
  u8: {
    bytes: 8,
    make: (count) => new Float32Array(count),
    read: (view, at, little) => Number(view.getBigUint64(at, little)),
  },
  f2: {
    bytes: 2,
    make: (count) => new Float32Array(count),
    read: (view, at, little) => getFloat16(view, at, little),
  },
  f4: { bytes: 4, make: (count) => new Float32Array(count), read: (view, at, little) => view.getFloat32(at, little) },
  f8: { bytes: 8, make: (count) => new Float32Array(count), read: (view, at, little) => view.getFloat64(at, little) },
};

/** @param name for messages @throws WhittleError that says what is wrong */
export function readNpy(bytes: Uint8Array, name: string): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 10 || !MAGIC.equals(bytes.subarray(0, MAGIC.length))) fail(`${name} is no NPY array.`, REMEDY);
  const isShort = bytes[6] === 1;
  const start = isShort ? 10 : 12;
  const length = isShort ? view.getUint16(8, true) : bytes.length < 12 ? Number.NaN : view.getUint32(8, true);
  if (!(start + length <= bytes.length)) fail(`${name} is truncated within its header.`, REMEDY);
  const header = Buffer.from(bytes.subarray(start, start + length)).toString("latin1");
  const [, order, type = "", fortran, dimensions = ""] = HEADER.exec(header) ?? [];
  const reader = READERS[type];
  if (reader === undefined)
    fail(`${name} has values of a type that is no plain number: ${header.trim().slice(0, 80)}`, REMEDY);
  const shape = dimensions.split(",").flatMap((each) => (each.trim() === "" ? [] : [Number(each)]));
  const count = shape.reduce((product, each) => product * each, 1);
  const found = bytes.length - start - length;
  if (found !== count * reader.bytes) {
    fail(
      `${name} is ${found < count * reader.bytes ? "truncated" : "longer than it says"}: its header says ${shape.join(" × ") || "one number"} of ${reader.bytes} bytes, found ${found} bytes.`,
      REMEDY,
    );
  }
  const values = reader.make(count);
  const isLittle = order !== ">";
  for (let at = 0; at < count; at++) values[at] = reader.read(view, start + length + at * reader.bytes, isLittle);
  return { shape, values: fortran === "True" ? toRowMajor(values, shape, reader.make(count)) : values };
}

/** From Fortran's order, in which the first index runs fastest. */
function toRowMajor(values: NpyArray["values"], shape: readonly number[], to: NpyArray["values"]): NpyArray["values"] {
  const index = shape.map(() => 0);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, each) => product * each, 1));
  for (let at = 0; at < to.length; at++) {
    to[at] = values[index.reduce((sum, each, axis) => sum + each * (strides[axis] ?? 0), 0)] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      index[axis] = next === shape[axis] ? 0 : next;
      if (index[axis] !== 0) break;
    }
  }
  return to;
}
