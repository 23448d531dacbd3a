/** Tables of comma- or tab-separated values with names in the first row: `csv:FILE` or `csv:FILE#TARGET`. */
import { parse } from "csv-parse/sync";
import { messageOf } from "../../protocol/errors.ts";
import { fail, findFile, readPlain, splitAtHash } from "../files.ts";
import type { DataSet } from "../types.ts";
import type { DataFormat, OpenOptions } from "./format.ts";
import { type Column, checkNames, MOST_CATEGORIES, openTable, refuseWords, wordColumn } from "./table.ts";

export const csv: DataFormat = { name: "csv", takes: "FILE[#TARGET]", open: openCsv };

/** @param rest as the user wrote it; the file relative to the working directory */
export function openCsv(rest: string, options: OpenOptions): DataSet {
  const { file: path, part: wanted } = splitAtHash(rest);
  const file = findFile(path, "csv:FILE", "csv:FILE#TARGET");
  return openTable({ spec: `csv:${rest}`, file, columns: readColumns(file) }, wanted, options);
}

function readColumns(file: string): readonly Column[] {
  const text = readPlain(file).toString("utf8");
  const [first = ""] = text.split("\n", 1);
  let rows: string[][];
  try {
    rows = parse(text, { bom: true, delimiter: first.includes("\t") ? "\t" : ",", skip_empty_lines: true, trim: true });
  } catch (error) {
    fail(
      `${file} is no table: ${messageOf(error)}.`,
      "Give the same number of values in every row, with names in the first.",
    );
  }
  const [names = [], ...cells] = rows;
  if (cells.length === 0) fail(`${file} has no rows below its names.`, "Give a table with names in the first row.");
  checkNames(file, names);
  return names.map((name, at) => {
    const own = cells.map((row) => row[at] ?? "");
    const numbers = Float32Array.from(own, (cell) => (cell === "" ? Number.NaN : Number(cell)));
    return numbers.every(Number.isFinite)
      ? { name, kind: "numbers", shape: [], values: numbers }
      : categories(file, name, own);
  });
}

function categories(file: string, name: string, cells: readonly string[]): Column {
  const empty = cells.indexOf("");
  if (empty >= 0)
    fail(`${file}: the column "${name}" has no value in row ${empty + 1}.`, "Fill it, or leave the row or column out.");
  const ids = new Map<string, number>();
  for (const cell of cells) if (!ids.has(cell)) ids.set(cell, ids.size);
  if (ids.size > MOST_CATEGORIES) refuseWords(file, name);
  return wordColumn(
    name,
    [...ids.keys()],
    cells.map((cell) => ids.get(cell) ?? 0),
  );
}
