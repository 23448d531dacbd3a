/** All that opens exported files, and which form a file is of. */
import { stat } from "node:fs/promises";
import { errorCode, usageError } from "../../protocol/errors.ts";
import { EXTENSIONS, MODEL_FORMATS, type ModelFormat } from "../../protocol/modelExport.ts";
import { explainFsError } from "../../runs/files/fsErrors.ts";
import { h5Reader, kerasReader } from "./keras.ts";
import { onnxReader } from "./onnx.ts";
import type { ModelReader } from "./reader.ts";
import { safetensorsReader } from "./safetensors.ts";
import { tfjsReader } from "./tfjs.ts";

const READERS: readonly ModelReader[] = [tfjsReader, kerasReader, h5Reader, onnxReader, safetensorsReader];

/** By the end of the file's name, without the point. */
const ENDINGS: Readonly<Record<string, ModelFormat>> = {
  // In the folder that is written.
  json: "tfjs",
  ...Object.fromEntries(
    // Of two with one ending the first: a file says by itself how its weights are written.
    MODEL_FORMATS.toReversed().flatMap((format) => {
      const extension = EXTENSIONS[format];
      return extension === undefined ? [] : [[extension.slice(1), format]];
    }),
  ),
};

/** @throws WhittleError (usage) where there is no such file, or it is no export */
export async function formatOfFile(file: string): Promise<ModelFormat> {
  try {
    if ((await stat(file)).isDirectory()) return "tfjs";
  } catch (error) {
    if (errorCode(error) === "ENOENT") throw usageError(`There is no file ${file}.`, "Check the path.");
    throw explainFsError(error, file, "read");
  }
  const format = ENDINGS[file.slice(file.lastIndexOf(".") + 1).toLowerCase()];
  if (format !== undefined) return format;
  throw usageError(
    `${file} is none of the forms that a run is exported in.`,
    `Their names end in ${Object.keys(ENDINGS).join(", ")}; or name the folder with a model.json.`,
  );
}

export function readerOf(format: ModelFormat): ModelReader {
  const reader = READERS.find((each) => each.format === format);
  if (reader === undefined) throw new Error(`nothing reads ${format}`);
  return reader;
}
