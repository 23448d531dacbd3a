/**
 * JSON Lines, plain or gzip: `jsonl:FILE` or `jsonl:FILE#TARGET`. Each line is an object with the same keys, which are the columns of a
 * table: numbers, truth values, words, or one feature of nested arrays of equal shape. https://jsonlines.org
 */
import { fail, findFile, splitAtHash } from "../files.ts";
import { LINES_REMEDY, objectsOf } from "../jsonLines.ts";
import type { DataSet } from "../types.ts";
import type { DataFormat, OpenOptions } from "./format.ts";
import { type Column, checkTableSize, openTable } from "./table.ts";
import { TypedColumn } from "./typedColumn.ts";

export const jsonl: DataFormat = { name: "jsonl", takes: "FILE[#TARGET]", open: openJsonl };

/** @param rest as the user wrote it; the file relative to the working directory */
export async function openJsonl(rest: string, options: OpenOptions): Promise<DataSet> {
  const { file: path, part: wanted } = splitAtHash(rest);
  const file = findFile(path, "jsonl:FILE", "jsonl:FILE#TARGET");
  return openTable({ spec: `jsonl:${rest}`, file, columns: await readColumns(file) }, wanted, options);
}

async function readColumns(file: string): Promise<readonly Column[]> {
  const columns = new Map<string, TypedColumn>();
  let [rows, width] = [0, 0];
  for await (const { number, object } of objectsOf(file)) {
    const keys = Object.keys(object);
    if (rows === 0) for (const key of keys) columns.set(key, new TypedColumn(file, key, "line"));
    if (keys.length !== columns.size || keys.some((key) => !columns.has(key))) {
      fail(
        `${file}: line ${number} has other keys (${keys.slice(0, 9).join(", ")}) than the first (${[...columns.keys()].slice(0, 9).join(", ")}).`,
        "Give each line the same keys.",
      );
    }
    for (const key of keys) columns.get(key)?.add(object[key], number);
    rows += 1;
    if (rows === 1) width = [...columns.values()].reduce((sum, column) => sum + column.width, 0);
    checkTableSize(file, rows, width);
  }
  if (columns.size === 0) fail(`${file} has no examples.`, LINES_REMEDY);
  return [...columns.values()].map((column) => column.finish());
}
