/** Folders of PNG and JPEG images of one size, a sub-folder for each class: `images:DIR`. Classes are numbered in the order of their names. */
import { assemble } from "../assemble.ts";
import { fail, MOST_BYTES, readBytes } from "../files.ts";
import { Turns } from "../turns.ts";
import type { DataSet, Split } from "../types.ts";
import type { DataFormat, OpenOptions } from "./format.ts";
import { decodeImage, type ImageHeader, readImageHeader } from "./imageFile.ts";
import { type ImageFile, listImages } from "./imageFolder.ts";

/** Bytes of one file. */
const LARGEST_FILE = 2 ** 26;
/** As many take seconds to decode. */
const MANY = 10_000;

export const images: DataFormat = { name: "images", takes: "DIR", open: openImages };

interface Form {
  readonly height: number;
  readonly width: number;
  /** One where all images are gray. */
  readonly channels: 1 | 3;
}

/** @param directory as the user wrote it; relative to the working directory */
export async function openImages(directory: string, options: OpenOptions): Promise<DataSet> {
  const { classes, train, validation, test } = listImages(directory);
  const all = [...train, ...(validation ?? []), ...(test ?? [])];
  if (all.length > MANY) options.onProgress?.(`Reading ${all.length} images`);
  const form = await findForm(all);
  const { height, width, channels } = form;
  if (all.length * height * width * channels > MOST_BYTES) {
    fail(
      `The ${all.length} images of ${directory}, ${width} × ${height} with ${channels} channels, take over ${MOST_BYTES} bytes.`,
      "Make them smaller, or give fewer.",
    );
  }
  return assemble(
    {
      spec: `images:${directory}`,
      xShape: [height, width, channels],
      yShape: [],
      scale: 1 / 255,
      offset: 0,
      classes: classes.length,
      classNames: classes,
      train: await decodeAll(train, form),
      validation: validation && (await decodeAll(validation, form)),
      test: test && (await decodeAll(test, form)),
    },
    options,
  );
}

/** From the headers alone, before anything is decoded. */
async function findForm(files: readonly ImageFile[]): Promise<Form> {
  const turns = new Turns();
  let first: { readonly path: string; readonly header: ImageHeader } | undefined;
  let isGray = true;
  for (const { path } of files) {
    const header = readImageHeader(path, readBytes(path, LARGEST_FILE));
    first ??= { path, header };
    const { width, height } = first.header;
    if (header.width !== width || header.height !== height) {
      fail(
        `${path} has ${header.width} × ${header.height} pixels, but ${first.path} ${width} × ${height}.`,
        `Bring all images to one size, such as with ImageMagick: mogrify -resize ${width}x${height}! *.png`,
      );
    }
    isGray &&= header.isGray;
    await turns.give();
  }
  if (first === undefined) throw new Error("there are no images");
  return { height: first.header.height, width: first.header.width, channels: isGray ? 1 : 3 };
}

async function decodeAll(files: readonly ImageFile[], { height, width, channels }: Form): Promise<Split> {
  const turns = new Turns();
  const size = height * width * channels;
  const x = new Uint8Array(files.length * size);
  for (const [at, { path }] of files.entries()) {
    decodeImage(path, readBytes(path, LARGEST_FILE), channels, { into: x, at: at * size });
    await turns.give();
  }
  return { count: files.length, x, y: Int32Array.from(files, ({ id }) => id) };
}
