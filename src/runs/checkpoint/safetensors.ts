/**
 * The safetensors file format: 8 bytes header length (little-endian), a JSON header, then the tensors' bytes. Ours are of F32 only.
 * https://huggingface.co/docs/safetensors. Written here because the npm packages for it only read. Values are copied as
 * bytes: every platform that tfjs runs on is little-endian, and NaN bits survive.
 */
import { z } from "zod";
import { messageOf } from "../../protocol/errors.ts";

export interface StoredTensor {
  readonly shape: readonly number[];
  /** Row-major; as many as the product of `shape`. */
  readonly values: Float32Array;
}

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const METADATA = "__metadata__";
const BYTES = Float32Array.BYTES_PER_ELEMENT;
/** As in the reference implementation: a longer header is an attack or a mistake. */
const LONGEST_HEADER = 100_000_000;

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
const headerSchema = z.record(z.string(), z.unknown());
const metadataSchema = z.record(z.string(), z.string());

/** The file in pieces, in their order. The tensors' are views of their values: of a large model no second copy is made. */
export function encodeSafetensors(file: TensorFile): readonly Uint8Array[] {
  const header: [string, unknown][] = [[METADATA, file.metadata]];
  let length = 0;
  for (const [name, { shape, values }] of file.tensors) {
    if (name === METADATA || values.length !== countOf(shape)) {
      throw new Error(`tensor ${name}: ${values.length} values do not fill the shape [${shape.join(", ")}]`);
    }
    header.push([name, { dtype: "F32", shape, data_offsets: [length, length + values.byteLength] }]);
    length += values.byteLength;
  }
  // fromEntries and not assignment: a tensor may be called `__proto__`.
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  // Spaces after the JSON align the tensors to 8 bytes, for readers that map the file into memory.
  const headerLength = Math.ceil(json.length / 8) * 8;
  const head = new Uint8Array(8 + headerLength).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(headerLength), true);
  head.set(json, 8);
  const tensors = [...file.tensors.values()];
  return [head, ...tensors.map(({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength))];
}

/** @throws Error with a reason when `bytes` is not a whole, consistent safetensors file of F32 tensors */
export function decodeSafetensors(bytes: Uint8Array): TensorFile {
  const { tensors, metadata } = splitSafetensors(bytes, F32_ONLY);
  return {
    metadata,
    tensors: new Map(
      tensors.map(({ name, shape, data }) => {
        // Copied to an address that Float32Array can use. Not with slice(): that of a Buffer does not copy.
        const values = new Float32Array(countOf(shape));
        new Uint8Array(values.buffer).set(data);
        return [name, { shape, values }];
      }),
    ),
  };
}

export interface RawTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** A view of the file's bytes. */
  readonly data: Uint8Array;
}

/** Bytes of one value, by type. */
type Widths = Readonly<Record<string, number>>;

const F32_ONLY: Widths = { F32: BYTES };

/**
 * @param widths of the types that the file may have
 * @throws Error with a reason when `bytes` is not a whole, consistent safetensors file
 */
export function splitSafetensors(
  bytes: Uint8Array,
  widths: Widths,
): { readonly tensors: readonly RawTensor[]; readonly metadata: TensorFile["metadata"] } {
  if (bytes.length < 8) {
    throw new Error("it is shorter than its header");
  }
  const headerLength = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (headerLength > LONGEST_HEADER || headerLength > bytes.length - 8) {
    throw new Error(`it says its header has ${headerLength} bytes, and it is shorter than that`);
  }
  const header = parseHeader(bytes.subarray(8, 8 + headerLength));
  const data = bytes.subarray(8 + headerLength);
  const metadata = metadataSchema.safeParse(header.get(METADATA) ?? {});
  if (!metadata.success) {
    throw new Error("its metadata is not text");
  }
  header.delete(METADATA);
  const entries = [...header].map(([name, entry]) => ({ name, ...parseEntry(name, entry, widths) })).sort(byOffsets);
  checkLayout(entries, data.length, widths);
  const tensors = entries.map(({ name, dtype, shape, data_offsets }) => ({
    ...{ name, dtype, shape },
    data: data.subarray(...data_offsets),
  }));
  return { tensors, metadata: metadata.data };
}

/** Where a tensor lies in a file. */
export interface TensorPlace {
  readonly shape: readonly number[];
  readonly count: number;
  /** Bytes of the header, and from its end to the tensor. */
  readonly headerLength: number;
  readonly begin: number;
}

/**
 * For readers that want one tensor out of a large file.
 * @param header the bytes between the header's length and the tensors
 * @throws Error with a reason when the header or the entry is damaged
 */
export function findTensor(header: Uint8Array, name: string): TensorPlace | undefined {
  const entry = parseHeader(header).get(name);
  if (entry === undefined) {
    return undefined;
  }
  const { shape, data_offsets } = parseEntry(name, entry, F32_ONLY);
  const [begin, end] = data_offsets;
  const count = countOf(shape);
  if (end - begin !== count * BYTES) {
    throw new Error(`tensor ${name}: ${end - begin} bytes do not fill the shape [${shape.join(", ")}]`);
  }
  return { shape, count, headerLength: header.length, begin };
}

type Entry = z.infer<typeof entrySchema>;

function parseHeader(bytes: Uint8Array): Map<string, unknown> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // zod drops a key called `__proto__`; JSON.parse keeps it, so only the outer type is asked of zod.
    const json: unknown = JSON.parse(text);
    headerSchema.parse(json);
    return new Map(Object.entries(json as object));
  } catch (error) {
    throw new Error(`its header is damaged (${messageOf(error)})`);
  }
}

function parseEntry(name: string, entry: unknown, widths: Widths): Entry {
  const parsed = entrySchema.safeParse(entry);
  if (!parsed.success) {
    throw new Error(`tensor ${name}: its ${parsed.error.issues[0]?.path[0]?.toString() ?? "entry"} is damaged`);
  }
  if (!Object.hasOwn(widths, parsed.data.dtype)) {
    throw new Error(`tensor ${name}: its type is ${parsed.data.dtype}, not ${Object.keys(widths).join(", ")}`);
  }
  return parsed.data;
}

/** `entries` in order of their offsets. Tensors lie one after the other: no overlap, no gap, nothing left over, each as long as its shape says. */
function checkLayout(entries: readonly (Entry & { name: string })[], length: number, widths: Widths): void {
  let expected = 0;
  for (const { name, dtype, shape, data_offsets } of entries) {
    const [begin, end] = data_offsets;
    if (begin !== expected || end < begin || end > length) {
      throw new Error(`tensor ${name}: its offsets ${begin} to ${end} overlap, leave a gap or pass the end`);
    }
    if (end - begin !== countOf(shape) * (widths[dtype] ?? Number.NaN)) {
      throw new Error(`tensor ${name}: ${end - begin} bytes do not fill the shape [${shape.join(", ")}]`);
    }
    expected = end;
  }
  if (expected !== length) {
    throw new Error(`${length - expected} bytes belong to no tensor`);
  }
}

function byOffsets(a: Entry, b: Entry): number {
  return a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1];
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
