/**
 * The pages of a column in a Parquet file, checked before hyparquet decodes them: it would allocate what a damaged page says, and
 * repeat values as often as it says. Columns are flat: there are no levels of repetition. https://parquet.apache.org/docs/file-format
 */
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { decompress as unpackZstd } from "fzstd";
import {
  type CompressionCodec,
  type Compressors,
  type PageHeader,
  type ParquetType,
  snappyUncompress,
} from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { checkThrift, readVarint } from "./parquetThrift.ts";

/** Bytes of one page, unpacked; writers make pages of a megabyte. */
const LARGEST_PAGE = 2 ** 28;
/** Bytes of all pages of a column in one row group, unpacked. */
const LARGEST_CHUNK = 2 ** 30;
/** The two others repeat text, or are not settled yet. */
const ENCODINGS = [
  "PLAIN",
  "PLAIN_DICTIONARY",
  "RLE_DICTIONARY",
  "RLE",
  "BYTE_STREAM_SPLIT",
  "DELTA_BINARY_PACKED",
  "DELTA_LENGTH_BYTE_ARRAY",
];

export const COMPRESSORS: Compressors = {
  SNAPPY: (packed, size) => {
    const bytes = new Uint8Array(size);
    snappyUncompress(packed, bytes);
    return bytes;
  },
  GZIP: (packed, size) => gunzipSync(packed, { maxOutputLength: Math.max(size, 1) }),
  BROTLI: (packed, size) => brotliDecompressSync(packed, { maxOutputLength: Math.max(size, 1) }),
  ZSTD: (packed, size) => unpackZstd(packed, new Uint8Array(size)),
};

interface Page {
  readonly header: PageHeader;
  /** As it lies in the file. */
  readonly body: Uint8Array;
}

export interface FlatColumn {
  readonly codec: CompressionCodec;
  readonly type: ParquetType;
  /** Each page says which values are missing. */
  readonly isOptional: boolean;
}

/**
 * @param bytes all pages of the column in one row group
 * @param rows of that row group
 * @throws Error that says what is damaged, too large or not read
 */
export function checkPages(bytes: Uint8Array, column: FlatColumn, rows: number): void {
  if (column.codec !== "UNCOMPRESSED" && COMPRESSORS[column.codec] === undefined) {
    throw new Error(`its compression ${column.codec} is not read`);
  }
  let [values, unpacked] = [0, 0];
  for (const page of pagesOf(bytes)) {
    unpacked += page.header.uncompressed_page_size;
    if (unpacked > LARGEST_CHUNK) throw new Error(`a row group takes over ${LARGEST_CHUNK} bytes`);
    values += checkPage(page, column);
    if (values > rows) throw new Error("its pages have more values than there are rows");
  }
}

/** @returns how many values it has */
function checkPage(page: Page, column: FlatColumn): number {
  const { type, uncompressed_page_size: size, dictionary_page_header: dictionary } = page.header;
  if (type === "DICTIONARY_PAGE") {
    if (!(dictionary !== undefined && dictionary.num_values >= 0 && dictionary.num_values <= size))
      throw new Error("its dictionary is damaged");
    return 0;
  }
  const isV2 = type === "DATA_PAGE_V2";
  const { num_values: count, encoding } = (isV2 ? page.header.data_page_header_v2 : page.header.data_page_header) ?? {};
  if (count === undefined || !(count >= 0) || encoding === undefined) throw new Error("a page has no values");
  if (!ENCODINGS.includes(encoding)) throw new Error(`its encoding ${encoding} is not read`);
  const { levels, values } = isV2 ? partsOfV2(page, column) : partsOfV1(page, column);
  if (levels !== undefined && checkRuns(levels, 1, count) < count) throw new Error("a page is cut off");
  const isTruth = column.type === "BOOLEAN";
  const isDictionary = encoding.endsWith("_DICTIONARY");
  if (isTruth ? isDictionary : encoding === "RLE") throw new Error(`its encoding ${encoding} fits no ${column.type}`);
  if (isDictionary) checkRuns(values.subarray(1), values[0] ?? 0, count);
  else if (encoding === "RLE") checkRuns(values.subarray(4), 1, count);
  return count;
}

interface PageParts {
  /** Which values there are, where some may be missing. */
  readonly levels?: Uint8Array;
  readonly values: Uint8Array;
}

function partsOfV1({ header, body }: Page, { codec, isOptional }: FlatColumn): PageParts {
  const values = unpack(codec, body, header.uncompressed_page_size);
  if (!isOptional) return { values };
  const length = values.length < 4 ? Number.NaN : new DataView(values.buffer, values.byteOffset).getUint32(0, true);
  if (!(4 + length <= values.length)) throw new Error("a page is cut off");
  return { levels: values.subarray(4, 4 + length), values: values.subarray(4 + length) };
}

function partsOfV2({ header, body }: Page, { codec, isOptional }: FlatColumn): PageParts {
  const {
    num_values: count = 0,
    num_nulls: missing = 0,
    definition_levels_byte_length: length = 0,
    repetition_levels_byte_length: repeated = 0,
    is_compressed: isCompressed = true,
  } = header.data_page_header_v2 ?? {};
  const size = header.uncompressed_page_size - length;
  const isFlat = repeated === 0 && (isOptional ? length >= 0 : length === 0);
  if (!isFlat || length > body.length || size < 0 || !(missing >= 0 && missing <= count)) {
    throw new Error("a page is damaged");
  }
  const rest = body.subarray(length);
  return {
    ...(isOptional ? { levels: body.subarray(0, length) } : {}),
    values: isCompressed && size > 0 ? unpack(codec, rest, size) : rest,
  };
}

function* pagesOf(bytes: Uint8Array): Generator<Page> {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  // hyparquet takes a last byte alone for none.
  while (reader.offset < bytes.length - 1) {
    checkThrift(bytes.subarray(reader.offset));
    const header = parquetHeader(reader);
    const { compressed_page_size: packed, uncompressed_page_size: size } = header;
    if (!(packed >= 0 && reader.offset + packed <= bytes.length)) throw new Error("a page is cut off");
    if (!(size >= 0 && size <= LARGEST_PAGE)) throw new Error(`a page takes ${size} bytes, over ${LARGEST_PAGE}`);
    yield { header, body: bytes.subarray(reader.offset, reader.offset + packed) };
    reader.offset += packed;
  }
}

function unpack(codec: CompressionCodec, packed: Uint8Array, size: number): Uint8Array {
  const bytes = COMPRESSORS[codec]?.(packed, size) ?? packed;
  if (bytes.length !== size) throw new Error(`a page has ${bytes.length} bytes where it says ${size}`);
  return bytes;
}

/**
 * Runs of one repeated value, or of values packed into `width` bits each, in turn.
 * @returns how many there are, at most those left over from a last group of eight more than `count`
 */
function checkRuns(bytes: Uint8Array, width: number, count: number): number {
  if (width > 32) throw new Error("its values have too many bits");
  let [seen, at] = [0, 0];
  while (seen < count && at < bytes.length) {
    const { value: head, next } = readVarint(bytes, at);
    const isPacked = (head & 1) === 1;
    const length = isPacked ? (head >>> 1) * 8 : head >>> 1;
    if (length > count - seen + (isPacked ? 7 : 0)) throw new Error("a value is repeated too often");
    at = next + (isPacked ? (length * width) / 8 : Math.ceil(width / 8));
    if (at > bytes.length) throw new Error("a page is cut off");
    seen += length;
  }
  return seen;
}
