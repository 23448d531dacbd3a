/**
 * Folders of PNG and JPEG images of one size, a sub-folder for each class: `images:DIR`. Classes are numbered in the order of their
 * names. Training images that do not fit into memory stay in their files, and are decoded anew in each epoch.
 */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { assemble } from "../assemble.ts";
import { cutLists } from "../cut.ts";
import { fail, MOST_BYTES, readBytes, readStart } from "../files.ts";
import { decodeInThreads } from "../images/decodeInThreads.ts";
import { type ImageForm, sizeOfImage } from "../images/decodeTask.ts";
import { hasImageHeader, type ImageHeader, LARGEST_FILE, readImageHeader } from "../images/imageFile.ts";
import { type ImageFile, listImages } from "../images/imageFolder.ts";
import { createRandom, permutation } from "../random.ts";
import { Turns } from "../turns.ts";
import type { AnyDataSet, Split, Stream } from "../types.ts";
import type { DataFormat, OpenOptions } from "./format.ts";

/** As many take seconds to look into. */
const MANY = 10_000;
/** Bytes in which nearly every file has its header. */
const START = 2 ** 16;

export const images: DataFormat = { name: "images", takes: "DIR", open: openImages };

/**
 * @param directory as the user wrote it; relative to the working directory
 * @param most bytes that all images together, decoded, may take to be held in memory
 */
export async function openImages(directory: string, options: OpenOptions, most = MOST_BYTES): Promise<AnyDataSet> {
  const folder = listImages(directory);
  const all = [...folder.train, ...(folder.validation ?? []), ...(folder.test ?? [])];
  if (all.length > MANY) options.onProgress?.(`Reading ${all.length} images`);
  const { form, sha256 } = await lookInto(all);
  const { height, width, channels } = form;
  const common = {
    spec: `images:${directory}`,
    xShape: [height, width, channels],
    yShape: [],
    scale: 1 / 255,
    offset: 0,
    classes: folder.classes.length,
    classNames: folder.classes,
  };
  const { train, validation, test } = folder;
  if (all.length * sizeOfImage(form) > most) {
    const splits = cutLists(common.spec, { train, validation, test }, options);
    for (const name of ["validation", "test"] as const) refuseLarge(directory, name, splits[name].length, form, most);
    options.onProgress?.(
      `The ${splits.train.length} training images are too many for memory: each epoch decodes them anew`,
    );
    return {
      ...common,
      sha256,
      train: toStream(splits.train, form, options.seed),
      validation: await decode(splits.validation, form),
      test: await decode(splits.test, form),
    };
  }
  return assemble(
    {
      ...common,
      train: await decode(train, form),
      validation: validation && (await decode(validation, form)),
      test: test && (await decode(test, form)),
    },
    options,
  );
}

/** What is evaluated is held in memory. */
function refuseLarge(
  directory: string,
  split: "validation" | "test",
  count: number,
  form: ImageForm,
  most: number,
): void {
  if (count * sizeOfImage(form) <= most) return;
  const { height, width, channels } = form;
  fail(
    `The ${count} ${split} images of ${directory}, ${width} × ${height} with ${channels} channels, take over ${most} bytes.`,
    `Make the images smaller, or give fewer in a folder ${split} beside the folder train.`,
  );
}

/** From the headers alone, before anything is decoded; and a hash of what the files begin with. */
async function lookInto(files: readonly ImageFile[]): Promise<{ readonly form: ImageForm; readonly sha256: string }> {
  const turns = new Turns();
  const digest = createHash("sha256");
  let first: { readonly path: string; readonly header: ImageHeader } | undefined;
  let isGray = true;
  for (const { path, id } of files) {
    const start = readStart(path, START);
    const header = readImageHeader(path, hasImageHeader(start) ? start : readBytes(path, LARGEST_FILE));
    first ??= { path, header };
    const { width, height } = first.header;
    if (header.width !== width || header.height !== height) {
      fail(
        `${path} has ${header.width} × ${header.height} pixels, but ${first.path} ${width} × ${height}.`,
        `Bring all images to one size, such as with ImageMagick: mogrify -resize ${width}x${height}! *.png`,
      );
    }
    isGray &&= header.isGray;
    digest.update(`${id} ${basename(path)} ${start.length};`).update(start);
    await turns.give();
  }
  if (first === undefined) throw new Error("there are no images");
  const { height, width } = first.header;
  return { form: { height, width, channels: isGray ? 1 : 3 }, sha256: digest.digest("hex") };
}

async function decode(files: readonly ImageFile[], form: ImageForm): Promise<Split> {
  const size = sizeOfImage(form);
  const x = new Uint8Array(files.length * size);
  let at = 0;
  for await (const pixels of decodeInThreads(pathsOf(files), form)) {
    x.set(pixels, at);
    at += size;
  }
  return { count: files.length, x, y: Int32Array.from(files, ({ id }) => id) };
}

/** Any of the files can be the next one: no buffer is needed to shuffle them. */
function toStream(files: readonly ImageFile[], form: ImageForm, seed: number): Stream {
  return {
    count: files.length,
    async *start(epoch, skip) {
      const order = permutation(files.length, createRandom(seed, "shuffle", epoch)).subarray(skip);
      const drawn = Array.from(order, (file) => files[file] as ImageFile);
      let at = 0;
      for await (const x of decodeInThreads(pathsOf(drawn), form)) {
        yield { x, y: Int32Array.of(drawn[at]?.id ?? 0) };
        at += 1;
      }
    },
  };
}

const pathsOf = (files: readonly ImageFile[]): readonly string[] => files.map(({ path }) => path);
