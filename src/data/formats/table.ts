/**
 * What a table is, whatever file it comes from: named columns with one value a row, of which one is the target. Numbers are standardized
 * by the training examples; words are categories, one column each, and classes where they are the target.
 */
import { assemble } from "../assemble.ts";
import { fail, MOST_BYTES } from "../files.ts";
import { type DataSet, type Split, sizeOf } from "../types.ts";
import type { OpenOptions } from "./format.ts";

/** What the target is called where nobody says it, in any case of letters. */
const TARGETS = ["label", "class", "target", "y"];
/** A column with more different words is no category, but text. */
export const MOST_CATEGORIES = 1000;
/** Whole numbers from here on are values, and no ids of classes. */
const MOST_CLASSES = 2 ** 16;

export interface NumberColumn {
  readonly name: string;
  readonly kind: "numbers";
  /** Of the value in one row: `[]` for a number. */
  readonly shape: readonly number[];
  /** Rows × the product of `shape`. */
  readonly values: Float32Array;
}

export interface WordColumn {
  readonly name: string;
  readonly kind: "words";
  /** Each once, sorted. */
  readonly words: readonly string[];
  /** Of the word in each row, its place among `words`. */
  readonly ids: Int32Array;
}

export type Column = NumberColumn | WordColumn;

export interface Table {
  readonly spec: string;
  readonly file: string;
  /** At least one, all of the same number of rows. */
  readonly columns: readonly Column[];
}

/**
 * One column of arrays is handed over in its shape and as it is; all others make rows of numbers.
 * @param wanted the target's name; without one it is the column `label`, `class`, `target` or `y`, else the last
 * @throws WhittleError that names file and column
 */
export function openTable({ spec, file, columns }: Table, wanted: string | undefined, options: OpenOptions): DataSet {
  const target = pickTarget(file, columns, wanted);
  const features = columns.filter((column) => column !== target);
  const [first] = features;
  if (first === undefined) fail(`${file} has no column beside "${target.name}".`, "Give at least one feature.");
  const { y, yShape, ...classes } = encodeTarget(target, options.wantsValues === true);
  const isArray = features.length === 1 && first.kind === "numbers" && first.shape.length > 0;
  const count = y.length / sizeOf(yShape);
  const data = assemble(
    {
      spec,
      xShape: isArray ? first.shape : [features.reduce((sum, feature) => sum + widthOf(feature), 0)],
      yShape,
      scale: 1,
      offset: 0,
      ...classes,
      train: { count, x: isArray ? first.values : sideBySide(file, features, count), y },
    },
    options,
  );
  if (!isArray) standardize(data, features);
  return data;
}

/** @throws WhittleError where so many numbers are more than can be held */
export function checkTableSize(file: string, rows: number, width: number): void {
  const bytes = rows * width * Float32Array.BYTES_PER_ELEMENT;
  if (bytes > MOST_BYTES) {
    fail(
      `${file} has ${rows} rows of ${width} numbers or more, which takes over ${MOST_BYTES} bytes.`,
      "Give fewer rows or columns.",
    );
  }
}

/** @throws WhittleError for a name that comes twice */
export function checkNames(file: string, names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) fail(`${file} has two columns called "${twice}".`, "Give each column a name of its own.");
}

export function refuseWords(file: string, name: string): never {
  fail(
    `${file}: the column "${name}" has over ${MOST_CATEGORIES} different words, which are no categories.`,
    "Leave the column out, or make numbers of it.",
  );
}

/** @param words of the column, each once, in any order; `ids` tells them by their place there */
export function wordColumn(name: string, words: readonly string[], ids: ArrayLike<number>): WordColumn {
  const sorted = [...words].sort();
  const places = new Map(sorted.map((word, at) => [word, at]));
  const placeOf = words.map((word) => places.get(word) ?? 0);
  return { name, kind: "words", words: sorted, ids: Int32Array.from(ids, (id) => placeOf[id] ?? 0) };
}

function pickTarget(file: string, columns: readonly Column[], name: string | undefined): Column {
  const found =
    name === undefined
      ? (columns.find((each) => TARGETS.includes(each.name.toLowerCase())) ?? columns.at(-1))
      : columns.find((each) => each.name === name);
  return found ?? fail(`${file} has no column "${name}".`, `It has: ${columns.map((each) => each.name).join(", ")}.`);
}

const widthOf = (column: Column): number => (column.kind === "words" ? column.words.length : sizeOf(column.shape));

function sideBySide(file: string, features: readonly Column[], count: number): Float32Array {
  const array = features.find((feature) => feature.kind === "numbers" && feature.shape.length > 0);
  if (array !== undefined) {
    fail(
      `${file}: "${array.name}" holds arrays, but is not the only feature.`,
      "Give one feature of arrays, or only features that are numbers and words.",
    );
  }
  const width = features.reduce((sum, feature) => sum + widthOf(feature), 0);
  checkTableSize(file, count, width);
  const x = new Float32Array(count * width);
  let offset = 0;
  for (const feature of features) {
    if (feature.kind === "numbers") {
      for (const [row, value] of feature.values.entries()) x[row * width + offset] = value;
    } else {
      for (const [row, id] of feature.ids.entries()) x[row * width + offset + id] = 1;
    }
    offset += widthOf(feature);
  }
  return x;
}

/** Words are classes in their order; whole numbers are, unless values are wanted. */
function encodeTarget(
  column: Column,
  wantsValues: boolean,
): Pick<DataSet, "yShape" | "classes" | "classNames"> & Pick<Split, "y"> {
  if (column.kind === "words") {
    return { y: column.ids, yShape: [], classes: column.words.length, classNames: column.words };
  }
  const { values, shape } = column;
  if (shape.length > 0) return { y: values, yShape: shape };
  const isIds = !wantsValues && values.every((value) => Number.isInteger(value) && value >= 0 && value < MOST_CLASSES);
  return isIds
    ? { y: Int32Array.from(values), yShape: [], classes: values.reduce((most, id) => Math.max(most, id), 0) + 1 }
    : { y: values, yShape: [1] };
}

/** Each column of numbers to mean 0 and deviation 1 over the training examples, in place; constant ones to 0. */
function standardize({ train, validation, test }: DataSet, features: readonly Column[]): void {
  const width = features.reduce((sum, feature) => sum + widthOf(feature), 0);
  let column = 0;
  for (const feature of features) {
    if (feature.kind === "numbers") {
      let [sum, squares] = [0, 0];
      for (let at = column; at < train.x.length; at += width) sum += train.x[at] ?? 0;
      const mean = sum / train.count;
      for (let at = column; at < train.x.length; at += width) squares += ((train.x[at] ?? 0) - mean) ** 2;
      const deviation = Math.sqrt(squares / train.count) || 1;
      for (const { x } of [train, validation, test]) {
        for (let at = column; at < x.length; at += width) x[at] = ((x[at] ?? 0) - mean) / deviation;
      }
    }
    column += widthOf(feature);
  }
}
