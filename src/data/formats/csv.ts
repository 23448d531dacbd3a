/**
 * Tables of comma- or tab-separated values with names in the first row: `csv:FILE` or `csv:FILE#TARGET`. Without a name the target is
 * the column `label`, `class`, `target` or `y`, else the last. Numbers are standardized by the training examples; what are no
 * numbers are categories, one column each, and classes where they are the target.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "csv-parse/sync";
import { messageOf } from "../../protocol/errors.ts";
import { assemble } from "../assemble.ts";
import { fail, readPlain, splitAtHash } from "../files.ts";
import type { DataSet, Split } from "../types.ts";
import type { DataFormat, OpenOptions } from "./format.ts";

const TARGETS = ["label", "class", "target", "y"];
/** A column with more different words is no category, but text. */
const MOST_CATEGORIES = 1000;

export const csv: DataFormat = { name: "csv", takes: "FILE[#TARGET]", open: openCsv };

interface Column {
  readonly name: string;
  readonly cells: readonly string[];
  /** Where all cells are numbers. */
  readonly numbers: Float32Array | undefined;
}

/** @param rest as the user wrote it; the file relative to the working directory */
export function openCsv(rest: string, options: OpenOptions): DataSet {
  const { file: path, part: wanted } = splitAtHash(rest);
  const file = resolve(path);
  if (!existsSync(file)) fail(`The data file ${file} does not exist.`, "Check the path: csv:FILE, or csv:FILE#TARGET.");
  const columns = readColumns(file);
  const target = pickTarget(file, columns, wanted);
  const features = columns.filter((column) => column !== target).map((column) => encode(file, column));
  if (features.length === 0) fail(`${file} has no column beside "${target.name}".`, "Give at least one feature.");
  const count = target.cells.length;
  const width = features.reduce((sum, feature) => sum + feature.width, 0);
  const x = new Float32Array(count * width);
  let offset = 0;
  for (const feature of features) {
    for (let row = 0; row < count; row++) feature.write(row, x, row * width + offset);
    offset += feature.width;
  }
  const { y, classes } = encodeTarget(file, target, options.wantsValues === true);
  const data = assemble(
    {
      spec: `csv:${rest}`,
      xShape: [width],
      yShape: classes === undefined ? [1] : [],
      scale: 1,
      offset: 0,
      ...(classes === undefined ? {} : { classes }),
      train: { count, x, y },
    },
    options,
  );
  return standardize(
    data,
    features.flatMap((feature) => Array(feature.width).fill(feature.isNumber)),
  );
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
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) fail(`${file} has two columns called "${twice}".`, "Give each column a name of its own.");
  return names.map((name, at) => {
    const own = cells.map((row) => row[at] ?? "");
    const numbers = Float32Array.from(own, (cell) => (cell === "" ? Number.NaN : Number(cell)));
    return { name, cells: own, numbers: numbers.every(Number.isFinite) ? numbers : undefined };
  });
}

function pickTarget(file: string, columns: readonly Column[], name: string | undefined): Column {
  const found =
    name === undefined
      ? (columns.find((each) => TARGETS.includes(each.name.toLowerCase())) ?? columns.at(-1))
      : columns.find((each) => each.name === name);
  return found ?? fail(`${file} has no column "${name}".`, `It has: ${columns.map((each) => each.name).join(", ")}.`);
}

function categoriesOf(file: string, { name, cells }: Column): ReadonlyMap<string, number> {
  const empty = cells.indexOf("");
  if (empty >= 0)
    fail(`${file}: the column "${name}" has no value in row ${empty + 1}.`, "Fill it, or leave the row or column out.");
  const words = [...new Set(cells)].sort();
  if (words.length > MOST_CATEGORIES) {
    fail(
      `${file}: the column "${name}" has ${words.length} different words, which are no categories.`,
      "Leave the column out, or make numbers of it.",
    );
  }
  return new Map(words.map((word, at) => [word, at]));
}

interface Feature {
  readonly width: number;
  readonly isNumber: boolean;
  readonly write: (row: number, into: Float32Array, at: number) => void;
}

function encode(file: string, column: Column): Feature {
  const { numbers, cells } = column;
  if (numbers !== undefined) {
    return { width: 1, isNumber: true, write: (row, into, at) => into.set(numbers.subarray(row, row + 1), at) };
  }
  const categories = categoriesOf(file, column);
  return {
    width: categories.size,
    isNumber: false,
    write: (row, into, at) => {
      into[at + (categories.get(cells[row] ?? "") ?? 0)] = 1;
    },
  };
}

/** Words are classes in their order; whole numbers are, unless values are wanted. */
function encodeTarget(
  file: string,
  column: Column,
  wantsValues: boolean,
): { readonly y: Split["y"]; readonly classes?: number } {
  const { numbers, cells } = column;
  if (numbers === undefined) {
    const categories = categoriesOf(file, column);
    return { y: Int32Array.from(cells, (cell) => categories.get(cell) ?? 0), classes: categories.size };
  }
  const isIds = !wantsValues && numbers.every((value) => Number.isInteger(value) && value >= 0);
  return isIds
    ? { y: Int32Array.from(numbers), classes: numbers.reduce((most, id) => Math.max(most, id), 0) + 1 }
    : { y: numbers };
}

/** Each column to mean 0 and deviation 1 over the training examples; constant ones to 0. */
function standardize(data: DataSet, isNumber: readonly boolean[]): DataSet {
  const width = isNumber.length;
  const { train, validation, test } = data;
  const scales = isNumber.map((wanted, column) => {
    if (!wanted) return { mean: 0, deviation: 1 };
    let [sum, squares] = [0, 0];
    for (let row = 0; row < train.count; row++) sum += train.x[row * width + column] ?? 0;
    const mean = sum / train.count;
    for (let row = 0; row < train.count; row++) squares += ((train.x[row * width + column] ?? 0) - mean) ** 2;
    return { mean, deviation: Math.sqrt(squares / train.count) || 1 };
  });
  const scaled = (split: Split): Split => ({
    ...split,
    x: Float32Array.from(split.x, (value, at) => {
      const { mean, deviation } = scales[at % width] ?? { mean: 0, deviation: 1 };
      return (value - mean) / deviation;
    }),
  });
  return { ...data, train: scaled(train), validation: scaled(validation), test: scaled(test) };
}
