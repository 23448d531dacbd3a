/**
 * Loads a model that Keras saved whole: a `.keras` file of Keras 3, or an `.h5` file of Keras 2 or 3. Nothing in it is run: what
 * needs code (Lambda layers, layers of one's own) is refused by name, as everything else that TensorFlow.js would compute
 * otherwise.
 */
import { readFile, stat } from "node:fs/promises";
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import { messageOf, WhittleError } from "../../protocol/errors.ts";
import type { Compiled } from "../compiled.ts";
import { ContentError } from "../hdf5/contents.ts";
import { kindOfKerasFile } from "../scan/kerasFiles.ts";
import { builderOf } from "../storedModel.ts";
import { readTrainingConfig } from "../trainingConfig.ts";
import { openArchive } from "./archive.ts";
import type { KerasFile } from "./kerasFile.ts";
import { openWholeModel } from "./wholeModel.ts";

/** Bytes; more does not fit beside what is made of it. */
const MOST_BYTES = 2 ** 31 - 1;
const REMEDY = "Save the model again with model.save() of Keras.";

export interface ReadModel {
  /** Makes the model. */
  readonly build: () => Promise<Tf.LayersModel>;
  /** Where the file says how the model was trained. */
  readonly compiled?: Compiled;
}

/** @throws WhittleError naming the file, and what of it is damaged or not supported */
export async function readKerasFile(tf: TF, file: string): Promise<ReadModel> {
  return parseKerasFile(tf, file, await readBytes(file));
}

/** As `readKerasFile`, of bytes. @param file tells the kind by its ending */
export function parseKerasFile(tf: TF, file: string, bytes: Uint8Array): ReadModel {
  const { topology, weights } = open(file, bytes);
  const compiled = readTrainingConfig({ modelTopology: topology });
  const tensors = (): Tf.NamedTensorMap =>
    Object.fromEntries([...weights].map(([name, { shape, values }]) => [name, tf.tensor(values, [...shape])]));
  const build = builderOf(tf, { file, topology, tensors, isComplete: true });
  return { build, ...(compiled === undefined ? {} : { compiled }) };
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > MOST_BYTES) throw new Error(`it has ${size} bytes, more than ${MOST_BYTES} that can be read`);
    return await readFile(file);
  } catch (error) {
    throw new WhittleError(`${file} cannot be read: ${messageOf(error)}`, {
      remedy: "Check that it is a file that you may read, of less than 2 GB.",
      cause: error,
    });
  }
}

function open(file: string, bytes: Uint8Array): KerasFile {
  try {
    return kindOfKerasFile(file) === "keras" ? openArchive(bytes) : openWholeModel(bytes);
  } catch (error) {
    if (!(error instanceof ContentError)) throw error;
    throw new WhittleError(`${file} ${error.message}.`, { remedy: REMEDY, cause: error });
  }
}
