/**
 * Folders of CIFAR-10 in its binary version: `data_batch_1.bin` … and `test_batch.bin`, plain or gzip. A record is one byte
 * for the class and 3,072 for the pixels, all of red first, then green, then blue, row by row.
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
const RECORD = 1 + CHANNELS * PIXELS;
const CLASSES = 10;
const NAMES_REMEDY =
  "Give a folder that holds data_batch_1.bin … and test_batch.bin of CIFAR-10's binary version, each plain or with .gz.";

export const cifar10: DataFormat = { name: "cifar10", takes: "DIR", open: openCifar10 };

/** @param directory as the user wrote it; relative to the working directory */
export function openCifar10(directory: string, options: OpenOptions): DataSet {
  const folder = findFolder(directory, "CIFAR-10", NAMES_REMEDY);
  const names = readdirSync(folder).sort();
  const filesOf = (pattern: RegExp) => names.filter((name) => pattern.test(name)).map((name) => join(folder, name));
  return assemble(
    {
      spec: `cifar10:${directory}`,
      xShape: [SIDE, SIDE, CHANNELS],
      yShape: [],
      scale: 1 / 255,
      offset: 0,
      classes: CLASSES,
      train: readBatches(folder, filesOf(/^data_batch_\d+\.bin(\.gz)?$/), "data_batch_1.bin"),
      test: readBatches(folder, filesOf(/^test_batch\.bin(\.gz)?$/), "test_batch.bin"),
    },
    options,
  );
}

function readBatches(folder: string, files: readonly string[], missing: string): Split {
  if (files.length === 0) fail(`No file ${missing} or ${missing}.gz in ${folder}.`, NAMES_REMEDY);
  const batches = files.map((file) => ({ file, bytes: readPlain(file) }));
  for (const { file, bytes } of batches) {
    if (bytes.length === 0 || bytes.length % RECORD !== 0) {
      fail(
        `${file} has ${bytes.length} bytes, which is no whole number of records of ${RECORD}.`,
        `${AGAIN_REMEDY} It must be the binary version of CIFAR-10 (not the one for Python or Matlab, nor CIFAR-100).`,
      );
    }
  }
  const count = batches.reduce((sum, { bytes }) => sum + bytes.length / RECORD, 0);
  const x = new Uint8Array(count * CHANNELS * PIXELS);
  const y = new Int32Array(count);
  let example = 0;
  for (const { file, bytes } of batches) {
    for (let start = 0; start < bytes.length; start += RECORD) {
      const label = bytes[start] ?? 0;
      if (label >= CLASSES) {
        fail(
          `${file}: label ${label} of record ${start / RECORD} is out of range, expected 0 to ${CLASSES - 1}.`,
          AGAIN_REMEDY,
        );
      }
      y[example] = label;
      const target = example * CHANNELS * PIXELS;
      for (let channel = 0; channel < CHANNELS; channel++) {
        const from = start + 1 + channel * PIXELS;
        for (let pixel = 0; pixel < PIXELS; pixel++) x[target + pixel * CHANNELS + channel] = bytes[from + pixel] ?? 0;
      }
      example += 1;
    }
  }
  return { count, x, y };
}
