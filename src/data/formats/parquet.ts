/**
 * Apache Parquet: `parquet:FILE` or `parquet:FILE#TARGET`, a table of flat columns: numbers, truth values, words. One column of one row
 * group is read at a time.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type FileMetaData, parquetMetadata, type RowGroup, type SchemaElement } from "hyparquet";
import { parquetReadColumn } from "hyparquet/src/read.js";
import { messageOf, WhittleError } from "../../protocol/errors.ts";
import { AGAIN_REMEDY, fail, findFile, refuseFile, splitAtHash } from "../files.ts";
import { Turns } from "../turns.ts";
import type { DataSet } from "../types.ts";
import type { DataFormat, OpenOptions } from "./format.ts";
import { COMPRESSORS, checkPages } from "./parquetPages.ts";
import { checkThrift } from "./parquetThrift.ts";
import { type Column, checkNames, checkTableSize, openTable } from "./table.ts";
import { TypedColumn } from "./typedColumn.ts";

const MAGIC = "PAR1";
/** Bytes of what a file says of itself: its length, and `PAR1` again, stand behind it. */
const MOST_METADATA = 2 ** 25;
/** Bytes of a column in one row group, as they lie in the file. */
const LARGEST_PART = 2 ** 29;
/** Rows of one row group, all of whose values of a column are held for a moment; writers make groups of a million at most. */
const MOST_GROUP_ROWS = 2 ** 24;
const MOST_COLUMNS = 10_000;

export const parquet: DataFormat = { name: "parquet", takes: "FILE[#TARGET]", open: openParquet };

/** @param rest as the user wrote it; the file relative to the working directory */
export async function openParquet(rest: string, options: OpenOptions): Promise<DataSet> {
  const { file: path, part: wanted } = splitAtHash(rest);
  const file = findFile(path, "parquet:FILE", "parquet:FILE#TARGET");
  return openTable({ spec: `parquet:${rest}`, file, columns: await readColumns(file) }, wanted, options);
}

/** A file that is open. */
interface Source {
  readonly file: string;
  readonly handle: number;
  readonly size: number;
}

async function readColumns(file: string): Promise<readonly Column[]> {
  let handle: number;
  try {
    handle = openSync(file, "r");
  } catch (error) {
    refuseFile(file, error);
  }
  try {
    const source = { file, handle, size: fstatSync(handle).size };
    const metadata = readMetadata(source);
    const elements = columnsOf(file, metadata);
    const columns = elements.map(({ name }) => new TypedColumn(file, name, "row"));
    const turns = new Turns();
    let first = 0;
    for (const group of metadata.row_groups) {
      const rows = Number(group.num_rows);
      for (const [at, element] of elements.entries()) {
        const values = await readPart(source, metadata, { group, first, rows, at, element });
        for (let row = 0; row < rows; row++) columns[at]?.add(values[row], first + row + 1);
        await turns.give();
      }
      first += rows;
    }
    return columns.map((column) => column.finish());
  } catch (error) {
    if (error instanceof WhittleError) throw error;
    fail(
      `${file} is no Parquet file that can be read, or cut off or damaged: ${messageOf(error)}.`,
      `${AGAIN_REMEDY} Or write it anew, with Snappy, gzip, Brotli, Zstandard or no compression.`,
      error,
    );
  } finally {
    closeSync(handle);
  }
}

function readMetadata(source: Source): FileMetaData {
  const { size } = source;
  const end = size < 12 ? undefined : Buffer.from(readRange(source, size - 8, 8));
  if (end?.toString("latin1", 4) !== MAGIC) throw new Error(`it does not end with ${MAGIC}`);
  const length = end.readUInt32LE(0);
  if (length > Math.min(size - 12, MOST_METADATA)) throw new Error(`it says ${length} bytes of itself`);
  const bytes = readRange(source, size - 8 - length, length + 8);
  checkThrift(new Uint8Array(bytes, 0, length));
  return parquetMetadata(bytes, { geoparquet: false });
}

function columnsOf(
  file: string,
  { schema, row_groups: groups, num_rows: all }: FileMetaData,
): readonly SchemaElement[] {
  const [root, ...columns] = schema;
  if (columns.length > MOST_COLUMNS) fail(`${file} has over ${MOST_COLUMNS} columns.`, "Write fewer columns.");
  const nested = columns.find(
    ({ type, repetition_type: repetition }) => type === undefined || repetition === "REPEATED",
  );
  if (nested !== undefined) {
    fail(
      `${file}: the column "${nested.name}" has lists or other columns within it.`,
      "Give each number a column of its own, or write JSON Lines.",
    );
  }
  if (columns.length === 0 || root?.num_children !== columns.length) throw new Error("its columns are damaged");
  checkNames(
    file,
    columns.map(({ name }) => name),
  );
  const rows = groups.map(({ num_rows: count }) => Number(count));
  const sum = rows.reduce((total, count) => total + count, 0);
  if (sum !== Number(all) || rows.some((count) => count < 0)) throw new Error("its numbers of rows do not fit");
  if (sum === 0) fail(`${file} has no rows.`, "Give a table with rows.");
  if (rows.some((count) => count > MOST_GROUP_ROWS)) {
    fail(`${file} has a row group of over ${MOST_GROUP_ROWS} rows.`, "Write smaller row groups.");
  }
  checkTableSize(file, sum, columns.length);
  return columns;
}

interface Part {
  readonly group: RowGroup;
  /** The group's first row, and how many it has. */
  readonly first: number;
  readonly rows: number;
  /** Which column. */
  readonly at: number;
  readonly element: SchemaElement;
}

async function readPart(
  source: Source,
  metadata: FileMetaData,
  { group, first, rows, at, element }: Part,
): Promise<ArrayLike<unknown>> {
  if (rows === 0) return [];
  const { name, type, repetition_type: repetition } = element;
  const chunk = group.columns[at]?.meta_data;
  if (chunk === undefined || type === undefined || chunk.type !== type || chunk.path_in_schema.join(".") !== name) {
    throw new Error(`a row group has no column "${name}"`);
  }
  const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
  const length = Number(chunk.total_compressed_size);
  const bytes = readRange(source, start, length);
  checkPages(new Uint8Array(bytes), { codec: chunk.codec, type, isOptional: repetition !== "REQUIRED" }, rows);
  const values = await parquetReadColumn({
    file: {
      byteLength: source.size,
      slice: (from, to = source.size) => {
        if (from < start || to > start + length) throw new Error(`the pages of "${name}" lie elsewhere`);
        return bytes.slice(from - start, to - start);
      },
    },
    metadata,
    columns: [name],
    rowStart: first,
    rowEnd: first + rows,
    compressors: COMPRESSORS,
    geoparquet: false,
  });
  if (values.length !== rows) throw new Error(`"${name}" has ${values.length} values in a row group of ${rows}`);
  return values;
}

function readRange({ handle, size }: Source, start: number, length: number): ArrayBuffer {
  if (!(start >= 0 && length >= 0 && start + length <= size)) throw new Error("a part of it lies beyond its end");
  if (length > LARGEST_PART) throw new Error(`a part of it has over ${LARGEST_PART} bytes`);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const count = readSync(handle, bytes, at, length - at, start + at);
    if (count === 0) throw new Error("it became shorter");
    at += count;
  }
  return bytes.buffer;
}
