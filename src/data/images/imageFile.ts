/** PNG and JPEG files: what their headers say, then their pixels, in bytes of 0 to 255. What they are is told by content. */
import { inflateSync } from "node:zlib";
import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import { messageOf } from "../../protocol/errors.ts";
import { AGAIN_REMEDY, fail } from "../files.ts";

/** Bytes of one file. */
export const LARGEST_FILE = 2 ** 26;
/** Of one image: 4096 × 4096, more than any network here takes. */
const MOST_PIXELS = 2 ** 24;
/** Megabytes that decoding a JPEG of so many pixels may take, progressive or not. */
const JPEG_MEMORY = 512;
const PNG_START = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
/** Without transparency, colour profiles and texts. */
const PNG_CHUNKS = ["IHDR", "PLTE", "IDAT", "IEND"];
/** First column and row of each pass, and steps to the next; https://www.w3.org/TR/png-3/#8Interlace. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

export interface ImageHeader {
  readonly type: "PNG" | "JPEG";
  /** Pixels. */
  readonly height: number;
  readonly width: number;
  readonly isGray: boolean;
}

/** Whether these bytes, which may be the first ones of a file, reach as far as what its header says. */
export const hasImageHeader = (bytes: Buffer): boolean => findHeader(bytes) !== undefined;

const findHeader = (bytes: Buffer): ImageHeader | undefined => pngHeader(bytes) ?? jpegHeader(bytes);

/** @throws WhittleError that names `file` */
export function readImageHeader(file: string, bytes: Buffer): ImageHeader {
  const header = findHeader(bytes);
  if (header === undefined) {
    fail(
      `${file} is ${bytes.length === 0 ? "empty" : "neither PNG nor JPEG, or cut off or damaged"}.`,
      "Give PNG or JPEG images.",
    );
  }
  const { height, width } = header;
  if (height === 0 || width === 0) fail(`${file} says that it has no pixels (${width} × ${height}).`, AGAIN_REMEDY);
  if (height * width > MOST_PIXELS) {
    fail(`${file} says that it has ${width} × ${height} pixels, over ${MOST_PIXELS}.`, "Make it smaller.");
  }
  return header;
}

/**
 * Transparency is dropped: what lies below it is shown.
 * @param into at `at`, `height` × `width` × `channels`; one channel is the first of the image's
 * @throws WhittleError that names `file`
 */
export function decodeImage(
  file: string,
  bytes: Buffer,
  channels: 1 | 3,
  { into, at }: { readonly into: Uint8Array; readonly at: number },
): void {
  const header = readImageHeader(file, bytes);
  let image: { readonly width: number; readonly height: number; readonly data: Uint8Array };
  try {
    image = header.type === "PNG" ? decodePng(bytes) : decodeJpeg(bytes);
  } catch (error) {
    fail(
      `${file} is no ${header.type} that can be read, or cut off or damaged: ${messageOf(error)}.`,
      AGAIN_REMEDY,
      error,
    );
  }
  const { width, height, data } = image;
  if (width !== header.width || height !== header.height) fail(`${file} has a second header.`, AGAIN_REMEDY);
  const pixels = width * height;
  const step = data.length / pixels;
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      into[at + pixel * channels + channel] = data[pixel * step + channel] ?? 0;
    }
  }
}

/** https://www.w3.org/TR/png-3/#11IHDR */
function pngHeader(bytes: Buffer): ImageHeader | undefined {
  if (bytes.length < 29 || !PNG_START.equals(bytes.subarray(0, 8))) return undefined;
  const colour = 2;
  return {
    type: "PNG",
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
    isGray: ((bytes[25] ?? 0) & colour) === 0,
  };
}

/** The first frame's header, ITU-T T.81, B.2.2. */
function jpegHeader(bytes: Buffer): ImageHeader | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      return {
        type: "JPEG",
        height: bytes.readUInt16BE(at + 5),
        width: bytes.readUInt16BE(at + 7),
        isGray: bytes[at + 9] === 1,
      };
    }
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

function decodePng(bytes: Buffer) {
  const chunks: { readonly type: string; readonly whole: Buffer }[] = [];
  for (let at = PNG_START.length; chunks.at(-1)?.type !== "IEND"; ) {
    if (at + 12 > bytes.length) throw new Error("it has no end");
    const end = at + 12 + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new Error("a part of it reaches beyond its end");
    const type = bytes.toString("latin1", at + 4, at + 8);
    if (PNG_CHUNKS.includes(type)) chunks.push({ type, whole: bytes.subarray(at, end) });
    at = end;
  }
  if (chunks.filter(({ type }) => type === "IHDR").length !== 1) throw new Error("it has several headers");
  const pixels = chunks.filter(({ type }) => type === "IDAT").map(({ whole }) => whole.subarray(8, -4));
  if (pixels.length === 0) throw new Error("it has no pixels");
  const size = rawSize(bytes);
  // Where pixels are missing, pngjs takes what lies in memory; interlaced ones it unpacks without a limit.
  if (inflateSync(Buffer.concat(pixels), { maxOutputLength: size }).length < size) throw new Error("it lacks pixels");
  return PNG.sync.read(Buffer.concat([PNG_START, ...chunks.map(({ whole }) => whole)]));
}

/** Bytes of all rows, each with one before it, unpacked; of those of all passes where it is interlaced. */
function rawSize(bytes: Buffer): number {
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const channels = [1, undefined, 3, 1, 2, undefined, 4][bytes[25] ?? 0];
  const depth = bytes[24] ?? 0;
  if (channels === undefined || depth === 0) throw new Error("its header is damaged");
  const passes = bytes[28] === 1 ? ADAM7 : [[0, 0, 1, 1] as const];
  return passes.reduce((sum, [left, top, stepX, stepY]) => {
    const [columns, rows] = [Math.ceil((width - left) / stepX), Math.ceil((height - top) / stepY)];
    return columns <= 0 || rows <= 0 ? sum : sum + rows * (1 + Math.ceil((columns * channels * depth) / 8));
  }, 0);
}

function decodeJpeg(bytes: Buffer) {
  return jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: MOST_PIXELS / 1e6,
    maxMemoryUsageInMB: JPEG_MEMORY,
  });
}
