/**
 * The embedded data set `digits`: 20,000 / 2,000 / 5,000 handwritten-looking digits of 28 × 28 pixels, drawn by
 * `digitStrokes.ts` in about two seconds, the same bytes on every machine, then kept in the per-user cache folder.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "../../engine/install/cache.ts";
import { messageOf } from "../../protocol/errors.ts";
import { createRandom } from "../random.ts";
import type { DataSet, Split } from "../types.ts";
import { drawDigit, SIDE } from "./digitStrokes.ts";
import type { DataFormat } from "./format.ts";

/** Of all pictures, train then validation then test. Figures in the documentation refer to exactly this set. */
const DIGITS_SHA256 = "b5aae9cb267a4d8c34e57837b5448b3ed69736fa860c225b5f9a1a4ca3bfa764";

const CLASSES = 10;
const PIXELS = SIDE * SIDE;
const SPLITS = [
  { name: "train", count: 20_000 },
  { name: "validation", count: 2_000 },
  { name: "test", count: 5_000 },
] as const;
const TOTAL = SPLITS.reduce((sum, split) => sum + split.count, 0);

/** Example i of every split is a picture of i mod 10, so all classes are equally frequent. */
function labelOf(example: number): number {
  return example % CLASSES;
}

export function digitsCacheFile(): string {
  return join(cacheFolder(), "data", "digits-v1.bin");
}

/** All pictures, split after split: `TOTAL` × 28 × 28 bytes. Each has a stream of randomness of its own. */
function renderDigits(): Uint8Array {
  const pixels = new Uint8Array(TOTAL * PIXELS);
  let offset = 0;
  for (const { name, count } of SPLITS) {
    for (let example = 0; example < count; example++) {
      drawDigit(labelOf(example), createRandom("digits-v1", name, example), pixels, offset);
      offset += PIXELS;
    }
  }
  return pixels;
}

function hash(pixels: Uint8Array): string {
  return createHash("sha256").update(pixels).digest("hex");
}

/** The cached pictures, or undefined where there are none or they are damaged. */
function readCache(file: string): Uint8Array | undefined {
  try {
    const bytes = readFileSync(file);
    return bytes.length === TOTAL * PIXELS && hash(bytes) === DIGITS_SHA256 ? bytes : undefined;
  } catch {
    // Not there or not readable: the pictures are drawn again, which needs no file at all.
    return undefined;
  }
}

/** Complete or not at all: written beside its place, then renamed. */
function writeCache(file: string, pixels: Uint8Array): void {
  const temporary = `${file}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(temporary, pixels);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

export const digits: DataFormat = { name: "digits", open: (_rest, { onProgress }) => openDigits(onProgress) };

/** A cache that cannot be read or written costs two seconds, never the run. */
function openDigits(onProgress?: (note: string) => void): DataSet {
  const file = digitsCacheFile();
  let pixels = readCache(file);
  if (!pixels) {
    onProgress?.(`Drawing the digits data set (${TOTAL} pictures, once)`);
    pixels = renderDigits();
    const found = hash(pixels);
    if (found !== DIGITS_SHA256) throw new Error(`digits drawn on this machine differ: ${found}`);
    try {
      writeCache(file, pixels);
    } catch (error) {
      onProgress?.(`The digits data set could not be kept in ${file} (${messageOf(error)}); going on without`);
    }
  }
  const splits: Split[] = [];
  let first = 0;
  for (const { count } of SPLITS) {
    const x = pixels.subarray(first * PIXELS, (first + count) * PIXELS);
    splits.push({ count, x, y: Int32Array.from({ length: count }, (_, example) => labelOf(example)) });
    first += count;
  }
  const [train, validation, test] = splits as [Split, Split, Split];
  return {
    spec: "digits",
    sha256: DIGITS_SHA256,
    xShape: [SIDE, SIDE, 1],
    yShape: [],
    scale: 1 / 255,
    offset: 0,
    classes: CLASSES,
    train,
    validation,
    test,
  };
}
