/** `.keras` files: a zip of the model as JSON and of its weights as HDF5, each under its place among the layers. */
import { unzipSync } from "fflate";
import { messageOf } from "../../protocol/errors.ts";
import { ContentError, type Hdf5Array, type Hdf5Group } from "../hdf5/contents.ts";
import { readHdf5 } from "../hdf5/readHdf5.ts";
import { ARCHIVE_FILES } from "./fileNames.ts";
import { type KerasFile, parseJson } from "./kerasFile.ts";

/** Keras does not compress; who packs the file again cannot reach this with weights. */
const MOST_EXPANSION = 100;

/** @throws ContentError in words that complete "FILE …" */
export function openArchive(bytes: Uint8Array): KerasFile {
  const files = unzip(bytes);
  const of = (name: string): Uint8Array => {
    const found = files[name];
    if (found === undefined) throw new ContentError(`lacks ${name}, so Keras did not save it as a .keras file`);
    return found;
  };
  const text = (name: string) => parseJson(new TextDecoder().decode(of(name)), name);
  const version = text(ARCHIVE_FILES.metadata)["keras_version"];
  if (typeof version !== "string" || Number.parseInt(version, 10) < 3) {
    throw new ContentError(
      `was saved by Keras ${String(version)}, whose .keras files are not supported; save it as .h5 there`,
    );
  }
  return {
    topology: { keras_version: version, model_config: text(ARCHIVE_FILES.config) },
    weights: new Map(arraysIn(readHdf5(of(ARCHIVE_FILES.weights)), "")),
  };
}

function unzip(bytes: Uint8Array): Readonly<Record<string, Uint8Array>> {
  // Each once: a zip may name the same bytes any number of times.
  const wanted = new Set<string>(Object.values(ARCHIVE_FILES));
  try {
    return unzipSync(bytes, {
      filter: ({ name, size, originalSize }) => {
        if (!wanted.delete(name)) return false;
        if (size > bytes.length || originalSize > MOST_EXPANSION * bytes.length) {
          throw new Error(`${name} claims ${originalSize} bytes`);
        }
        return true;
      },
    });
  } catch (error) {
    throw new ContentError(`is no .keras file, or damaged: ${messageOf(error)}`);
  }
}

/** All arrays by their path, `layers/dense/vars/0`, but for those of the optimizer. */
function* arraysIn({ groups, arrays }: Hdf5Group, path: string): Generator<readonly [name: string, array: Hdf5Array]> {
  for (const [name, array] of arrays) yield [path + name, array];
  for (const [name, group] of groups) {
    if (path !== "" || name !== "optimizer") yield* arraysIn(group, `${path}${name}/`);
  }
}
