/** What a thread that decodes images is asked for, and answers. */
import { messageOf, WhittleError } from "../../protocol/errors.ts";
import { fail, readBytes } from "../files.ts";
import { decodeImage, LARGEST_FILE, readImageHeader } from "./imageFile.ts";

/** Of all images of a data set. */
export interface ImageForm {
  readonly height: number;
  readonly width: number;
  /** One where all images are gray. */
  readonly channels: 1 | 3;
}

export interface DecodeTask {
  readonly files: readonly string[];
  readonly form: ImageForm;
  /** To be filled, one image after another; at least as large. */
  readonly pixels: Uint8Array<ArrayBuffer>;
}

export type Decoded =
  | { readonly pixels: Uint8Array<ArrayBuffer> }
  /** An error has to be taken apart to leave a thread. */
  | { readonly refused: { readonly message: string; readonly remedy?: string } };

export function decodeAll({ files, form, pixels }: DecodeTask): Decoded {
  const size = sizeOfImage(form);
  try {
    for (const [at, file] of files.entries()) {
      const bytes = readBytes(file, LARGEST_FILE);
      const { width, height } = readImageHeader(file, bytes);
      if (width !== form.width || height !== form.height) {
        fail(
          `${file} has ${width} × ${height} pixels, where it had ${form.width} × ${form.height} before.`,
          "Leave the images as they are while they are used.",
        );
      }
      decodeImage(file, bytes, form.channels, { into: pixels, at: at * size });
    }
    return { pixels };
  } catch (error) {
    const remedy = error instanceof WhittleError ? { remedy: error.remedy } : {};
    return { refused: { message: messageOf(error), ...remedy } };
  }
}

/** Bytes of one image. */
export const sizeOfImage = ({ height, width, channels }: ImageForm): number => height * width * channels;
