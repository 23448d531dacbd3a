/** A tiny data set as MNIST-style IDX files. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SIDE = 8;
const IMAGE_MAGIC = 0x803;
const LABEL_MAGIC = 0x801;

/** Bars: class 0 is bright in the upper half, class 1 in the lower, with noise from a fixed generator. */
export function writeIdxFolder(
  dir: string,
  counts: { train: number; test: number } = { train: 200, test: 60 },
  side = SIDE,
): string {
  mkdirSync(dir, { recursive: true });
  for (const [prefix, count] of [
    ["train", counts.train],
    ["t10k", counts.test],
  ] as const) {
    writeFileSync(join(dir, `${prefix}-images-idx3-ubyte`), encodeImages(count, side));
    writeFileSync(
      join(dir, `${prefix}-labels-idx1-ubyte`),
      encodeLabels(count, (index) => index % 2),
    );
  }
  return dir;
}

export function encodeLabels(count: number, labelOf: (index: number) => number): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(LABEL_MAGIC, 0);
  header.writeUInt32BE(count, 4);
  return Buffer.concat([header, Buffer.from(Array.from({ length: count }, (_, index) => labelOf(index)))]);
}

export function encodeImages(count: number, side = SIDE): Buffer {
  const header = Buffer.alloc(16);
  [IMAGE_MAGIC, count, side, side].forEach((value, index) => {
    header.writeUInt32BE(value, 4 * index);
  });
  const pixels = Buffer.alloc(count * side * side);
  let state = 1;
  for (let at = 0; at < pixels.length; at += 1) {
    // Park and Miller's generator.
    state = (state * 48271) % 0x7fffffff;
    const example = Math.floor(at / (side * side));
    const isUpper = at % (side * side) < (side * side) / 2;
    pixels[at] = (isUpper === (example % 2 === 0) ? 120 : 40) + (state % 100);
  }
  return Buffer.concat([header, pixels]);
}

/** As most tests want it. @param dir the folder that `data` is put into */
export function writeData(dir: string): void {
  writeIdxFolder(join(dir, "data"));
}
