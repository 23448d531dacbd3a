/**
 * Folders of CIFAR-10 or CIFAR-100 in their binary versions (https://www.cs.toronto.edu/~kriz/cifar.html), each file plain or gzip. A
 * record is one or two bytes for the class, of which the last is the finest, and 3,072 for the pixels, all of red first, then green,
 * then blue, row by row. What the classes are called stands in a file beside them, and may be missing.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { assemble } from "../assemble.ts";
import { AGAIN_REMEDY, fail, findFolder, readPlain } from "../files.ts";
import type { DataSet, Split } from "../types.ts";
import type { DataFormat, OpenOptions } from "./format.ts";

const SIDE = 32;
const CHANNELS = 3;
const PIXELS = SIDE * SIDE;

interface Version {
  readonly title: string;
  readonly classes: number;
  /** Bytes in front of the pixels. */
  readonly labels: number;
  readonly train: RegExp;
  readonly test: RegExp;
  /** The first of each. */
  readonly files: readonly [train: string, test: string];
  readonly names: string;
}

const CIFAR10: Version = {
  ...{ title: "CIFAR-10", classes: 10, labels: 1, names: "batches.meta.txt" },
  ...{ train: /^data_batch_\d+\.bin(\.gz)?$/, test: /^test_batch\.bin(\.gz)?$/ },
  files: ["data_batch_1.bin", "test_batch.bin"],
};
const CIFAR100: Version = {
  ...{ title: "CIFAR-100", classes: 100, labels: 2, names: "fine_label_names.txt" },
  ...{ train: /^train\.bin(\.gz)?$/, test: /^test\.bin(\.gz)?$/ },
  files: ["train.bin", "test.bin"],
};

export const cifar10 = formatOf("cifar10", CIFAR10);
export const cifar100 = formatOf("cifar100", CIFAR100);

function formatOf(name: string, version: Version): DataFormat {
  return {
    name,
    takes: "DIR",
    open: (directory, options) => openCifar(version, `${name}:${directory}`, directory, options),
  };
}

/** @param directory as the user wrote it; relative to the working directory */
function openCifar(version: Version, spec: string, directory: string, options: OpenOptions): DataSet {
  const folder = findFolder(directory, version.title, remedyOf(version));
  const names = readdirSync(folder).sort();
  const filesOf = (pattern: RegExp) => names.filter((name) => pattern.test(name)).map((name) => join(folder, name));
  const [train, test] = version.files;
  return assemble(
    {
      spec,
      xShape: [SIDE, SIDE, CHANNELS],
      yShape: [],
      scale: 1 / 255,
      offset: 0,
      classes: version.classes,
      ...(names.includes(version.names) ? namesIn(join(folder, version.names), version) : {}),
      train: readBatches(version, folder, filesOf(version.train), train),
      test: readBatches(version, folder, filesOf(version.test), test),
    },
    options,
  );
}

const remedyOf = ({ title, files }: Version): string =>
  `Give a folder that holds ${files.join(" and ")} of ${title}'s binary version, each plain or with .gz.`;

/** One in each line. What has fewer or more is no list of them. */
function namesIn(file: string, { classes }: Version): Pick<DataSet, "classNames"> {
  const lines = readPlain(file).toString("utf8").split(/\r?\n/);
  const classNames = lines.map((line) => line.trim()).filter((line) => line !== "");
  return classNames.length === classes ? { classNames } : {};
}

function readBatches(version: Version, folder: string, files: readonly string[], missing: string): Split {
  const { title, classes, labels } = version;
  const record = labels + CHANNELS * PIXELS;
  if (files.length === 0) fail(`No file ${missing} or ${missing}.gz in ${folder}.`, remedyOf(version));
  const batches = files.map((file) => ({ file, bytes: readPlain(file) }));
  for (const { file, bytes } of batches) {
    if (bytes.length === 0 || bytes.length % record !== 0) {
      fail(
        `${file} has ${bytes.length} bytes, which is no whole number of records of ${record}.`,
        `${AGAIN_REMEDY} It must be of the binary version of ${title}, not of the one for Python or Matlab.`,
      );
    }
  }
  const count = batches.reduce((sum, { bytes }) => sum + bytes.length / record, 0);
  const x = new Uint8Array(count * CHANNELS * PIXELS);
  const y = new Int32Array(count);
  let example = 0;
  for (const { file, bytes } of batches) {
    for (let start = 0; start < bytes.length; start += record) {
      const label = bytes[start + labels - 1] ?? 0;
      if (label >= classes) {
        fail(
          `${file}: label ${label} of record ${start / record} is out of range, expected 0 to ${classes - 1}.`,
          AGAIN_REMEDY,
        );
      }
      y[example] = label;
      const target = example * CHANNELS * PIXELS;
      for (let channel = 0; channel < CHANNELS; channel++) {
        const from = start + labels + channel * PIXELS;
        for (let pixel = 0; pixel < PIXELS; pixel++) x[target + pixel * CHANNELS + channel] = bytes[from + pixel] ?? 0;
      }
      example += 1;
    }
  }
  return { count, x, y };
}
