/**
 * MNIST-style folders of IDX files: four files named as on the MNIST page, plain or gzip (told by content, not by name).
 * Format: two zero bytes, the type of the values (8 = unsigned byte), the number of dimensions, their lengths as
 * 32-bit big-endian integers, then the values, last dimension fastest.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { copyRows } from "../batches.ts";
import { AGAIN_REMEDY, fail, findFolder, readPlain } from "../files.ts";
import { createRandom, permutation } from "../random.ts";
import type { DataSet, Split } from "../types.ts";
import type { DataFormat } from "./format.ts";

const UNSIGNED_BYTE = 8;
const NAMES_REMEDY =
  "Give a folder that holds train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and " +
  "t10k-labels-idx1-ubyte, each plain or with .gz.";
/** Labels up to here may lack examples (a small excerpt of MNIST); beyond, a gap means a wrong label. */
const USUAL_CLASSES = 10;

interface Idx {
  readonly file: string;
  readonly lengths: readonly number[];
  readonly values: Uint8Array;
}

interface Pair {
  readonly images: Idx;
  readonly labels: Idx;
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
}

function findFile(folder: string, part: "train" | "t10k", kind: "images-idx3" | "labels-idx1"): string {
  const dashed = `${part}-${kind}-ubyte`;
  const dotted = dashed.replace("-idx", ".idx");
  const names = [dashed, `${dashed}.gz`, dotted, `${dotted}.gz`];
  const name = names.find((each) => existsSync(join(folder, each)));
  if (name === undefined) fail(`No file ${dashed} or ${dashed}.gz in ${folder}.`, NAMES_REMEDY);
  return join(folder, name);
}

/** One IDX file of unsigned bytes with `dimensions` dimensions. */
function readIdx(file: string, dimensions: number): Idx {
  const bytes = readPlain(file);
  const header = 4 + 4 * dimensions;
  if (bytes.length === 0) fail(`${file} is empty.`, AGAIN_REMEDY);
  const wanted = (UNSIGNED_BYTE << 8) | dimensions;
  const magic = bytes.length >= 4 ? bytes.readUInt32BE(0) : undefined;
  if (magic !== undefined && magic !== wanted) {
    const hexadecimal = (value: number) => `0x${value.toString(16).padStart(8, "0")}`;
    fail(
      `${file} is no IDX file of ${dimensions === 3 ? "images" : "labels"}: it starts with ${hexadecimal(magic)}, ` +
        `expected ${hexadecimal(wanted)} (unsigned bytes, ${dimensions} dimension${dimensions === 1 ? "" : "s"}).`,
      "Check that images and labels are not exchanged, and that the file is in IDX format.",
    );
  }
  if (bytes.length < header) {
    fail(`${file} is truncated: ${bytes.length} bytes, expected a header of ${header} bytes.`, AGAIN_REMEDY);
  }
  const lengths = Array.from({ length: dimensions }, (_, index) => bytes.readUInt32BE(4 + 4 * index));
  const size = lengths.reduce((product, length) => product * length, 1);
  const found = bytes.length - header;
  if (found !== size) {
    const trouble = found < size ? "is truncated" : "has bytes beyond its end";
    fail(`${file} ${trouble}: its header says ${lengths.join(" × ")} = ${size} values, found ${found}.`, AGAIN_REMEDY);
  }
  return { file, lengths, values: bytes.subarray(header) };
}

function readPair(folder: string, part: "train" | "t10k"): Pair {
  const images = readIdx(findFile(folder, part, "images-idx3"), 3);
  const labels = readIdx(findFile(folder, part, "labels-idx1"), 1);
  const [count = 0, rows = 0, columns = 0] = images.lengths;
  if (labels.lengths[0] !== count) {
    fail(
      `${images.file} has ${count} images, but ${labels.file} has ${labels.lengths[0]} labels.`,
      "Take both files from the same data set.",
    );
  }
  if (count === 0 || rows === 0 || columns === 0) {
    fail(`${images.file} is empty: ${images.lengths.join(" × ")} values.`, "Give a file with at least one image.");
  }
  return { images, labels, count, rows, columns };
}

/** Number of classes of the training labels. Throws where a label lies beyond a class without examples. */
function countClasses({ file, values }: Idx): number {
  const present = new Set(values);
  let free = USUAL_CLASSES;
  while (present.has(free)) free++;
  checkLabels({ file, lengths: [], values }, free);
  return Math.max(...present) + 1;
}

function checkLabels({ file, values }: Idx, classes: number): void {
  const wrong = values.findIndex((label) => label >= classes);
  if (wrong < 0) return;
  fail(
    `${file}: label ${values[wrong]} of example ${wrong} is out of range, expected 0 to ${classes - 1}.`,
    "Number the classes from 0 without gaps, the same way in training and test labels.",
  );
}

/** The examples `picked`, in that order, with labels as class ids. */
function pickExamples({ images, labels, rows, columns }: Pair, picked: Uint32Array): Split {
  const size = rows * columns;
  return {
    count: picked.length,
    x: copyRows(images.values, picked, size, new Uint8Array(picked.length * size)),
    y: copyRows(labels.values, picked, 1, new Int32Array(picked.length)),
  };
}

export const idx: DataFormat = { name: "idx", takes: "DIR", open: openIdx };

/**
 * @param directory as the user wrote it; relative to the working directory
 * @param validationSplit part of the training examples, picked by `seed`, that becomes the validation split
 */
export function openIdx(directory: string, options: { validationSplit: number; seed: number }): DataSet {
  const folder = findFolder(directory, "IDX files", NAMES_REMEDY);

  const train = readPair(folder, "train");
  const test = readPair(folder, "t10k");
  if (train.rows !== test.rows || train.columns !== test.columns) {
    fail(
      `${train.images.file} has images of ${train.rows} × ${train.columns}, ` +
        `but ${test.images.file} of ${test.rows} × ${test.columns}.`,
      "Take all files from the same data set.",
    );
  }
  const classes = countClasses(train.labels);
  checkLabels(test.labels, classes);
  if (train.count < 2) {
    fail(`${train.images.file} has one image only.`, "Give at least two: one to train on, one to validate on.");
  }

  const digest = createHash("sha256");
  for (const idx of [train.images, train.labels, test.images, test.labels]) {
    digest.update(`${idx.lengths.join("x")};`).update(idx.values);
  }
  const order = permutation(train.count, createRandom(options.seed, "validation split"));
  const held = Math.min(Math.max(Math.round(train.count * options.validationSplit), 1), train.count - 1);
  return {
    spec: `idx:${directory}`,
    sha256: digest.digest("hex"),
    xShape: [train.rows, train.columns, 1],
    yShape: [],
    scale: 1 / 255,
    offset: 0,
    classes,
    train: pickExamples(train, order.subarray(held)),
    validation: pickExamples(train, order.subarray(0, held)),
    test: pickExamples(
      test,
      Uint32Array.from({ length: test.count }, (_, example) => example),
    ),
  };
}
