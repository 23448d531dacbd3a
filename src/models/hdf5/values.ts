/** Numbers and texts as HDF5 stores them: what a data type message says, and values of such a type. */
import { type Bytes, textOf } from "./bytes.ts";
import { ContentError, DATATYPE } from "./contents.ts";

export interface Datatype {
  readonly kind: number;
  /** Bytes of a value. */
  readonly size: number;
  readonly isBigEndian: boolean;
  readonly isSigned: boolean;
  /** Of a kind whose values lie elsewhere: a text, and not a list of something. */
  readonly isText: boolean;
  /** Of a float. */
  readonly exponentBits: number;
}

export function readDatatype(message: Bytes): Datatype {
  const kind = message.u8(0) & 15;
  const flags = message.u8(1);
  return {
    kind,
    size: message.u32(4),
    isBigEndian: (flags & 1) === 1,
    isSigned: (flags & 8) !== 0,
    isText: kind === DATATYPE.text || (kind === DATATYPE.variable && (flags & 15) === 1),
    exponentBits: kind === DATATYPE.float ? message.u8(13) : 0,
  };
}

/** Lengths of the axes, none for a single value. */
export function readDataspace(message: Bytes): readonly number[] {
  const version = message.u8(0);
  const rank = message.u8(1);
  if (version !== 1 && version !== 2)
    throw new ContentError(`has shapes in version ${version}, which is not supported`);
  const start = version === 1 ? 8 : 4;
  return Array.from({ length: rank }, (_, axis) => {
    const length = message.u64(start + 8 * axis);
    if (length > BigInt(Number.MAX_SAFE_INTEGER)) throw new ContentError(`claims an axis of length ${length}`);
    return Number(length);
  });
}

/** Of this machine. */
export const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

type ReadNumber = (view: DataView, at: number, isLittle: boolean) => number;

const INTEGERS: Readonly<Record<number, readonly [unsigned: ReadNumber, signed: ReadNumber]>> = {
  1: [(view, at) => view.getUint8(at), (view, at) => view.getInt8(at)],
  2: [(view, at, is) => view.getUint16(at, is), (view, at, is) => view.getInt16(at, is)],
  4: [(view, at, is) => view.getUint32(at, is), (view, at, is) => view.getInt32(at, is)],
  8: [(view, at, is) => Number(view.getBigUint64(at, is)), (view, at, is) => Number(view.getBigInt64(at, is))],
};

/** By bytes; of two bytes those of IEEE only, whose exponent has 5 bits. */
const FLOATS: Readonly<Record<number, readonly [exponentBits: number, read: ReadNumber]>> = {
  2: [5, (view, at, is) => halfOf(view.getUint16(at, is))],
  4: [8, (view, at, is) => view.getFloat32(at, is)],
  8: [11, (view, at, is) => view.getFloat64(at, is)],
};

function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * 2 ** (exponent - 25) * (1024 + fraction);
}

/** `bytes` holds as many values as their length says. @returns undefined for what are no numbers */
export function readNumbers(bytes: Uint8Array, { kind, size, ...type }: Datatype): Float32Array | undefined {
  const float = kind === DATATYPE.float ? FLOATS[size] : undefined;
  const read =
    kind === DATATYPE.integer
      ? INTEGERS[size]?.[type.isSigned ? 1 : 0]
      : float?.[0] === type.exponentBits
        ? float[1]
        : undefined;
  if (read === undefined) return undefined;
  // What Keras writes needs no conversion.
  if (kind === DATATYPE.float && size === 4 && !type.isBigEndian && IS_LITTLE_ENDIAN) {
    return new Float32Array(new Uint8Array(bytes).buffer);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / size }, (_, index) => read(view, index * size, !type.isBigEndian));
}

/** Texts that lie with their attribute, each of the same length. */
export function readFixedTexts(bytes: Bytes, { size }: Datatype, count: number): string[] {
  return Array.from({ length: count }, (_, index) => textOf(bytes.part(index * size, size).all).trimEnd());
}
