/** A trained dense model to begin with: weights of another run, or of a file. */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type * as Tf from "@tensorflow/tfjs";
import { MOST_BYTES, readBytes, readPlain } from "../data/files.ts";
import { readKerasFile } from "../models/kerasFile/readKerasFile.ts";
import { readModelWeights } from "../models/loadModelJson.ts";
import { kindOfKerasFile } from "../models/scan/kerasFiles.ts";
import { isWeightsFile } from "../models/settingsFile.ts";
import { messageOf, usageError, WhittleError } from "../protocol/errors.ts";
import { hashTensors, readLatestCheckpoint } from "../runs/checkpoint/checkpoint.ts";
import type { StoredTensor } from "../runs/checkpoint/safetensors.ts";
import type { Run } from "../runs/files/layout.ts";
import { findRun } from "../runs/record/store.ts";
import { variablesOf } from "./finalModel.ts";
import { type ForeignWeights, readNpzWeights, readSafetensorsWeights } from "./foreignWeights.ts";
import { hashFile } from "./provenance.ts";
import { readValues } from "./snapshot.ts";

type Tensors = ReadonlyMap<string, StoredTensor>;

const REMEDY =
  "Give the id of a run, a .safetensors or .npz file of weights by their names, a model that Keras saved, or a model.json with its weights beside it.";

export interface InitialModel {
  /** The run's id, or the file's path. */
  readonly from: string;
  readonly sha256: string;
  /** By weight name. */
  readonly tensors: Tensors;
  /** Names of what else the file holds. */
  readonly others: readonly string[];
}

/**
 * @param spec the setting `initialModel`; a relative path counts from the model file's folder
 * @throws WhittleError naming the run or file, and what to do
 */
export async function readInitialModel(
  tf: typeof Tf,
  spec: string,
  run: Run,
  modelFile: string,
): Promise<InitialModel> {
  if (!isWeightsFile(spec)) return readRun(await findRun(dirname(run.dir), spec));
  const file = resolve(dirname(modelFile), spec);
  if (!existsSync(file)) throw usageError(`The initial model ${file} cannot be read: it is not there.`, REMEDY);
  try {
    const { tensors, others } = await readFileWeights(tf, file);
    return { from: file, sha256: await hashFile(file), tensors: weightsOf(tensors, file), others };
  } catch (error) {
    if (error instanceof WhittleError) throw error;
    throw new WhittleError(`The initial model ${file} cannot be read: ${messageOf(error)}`, {
      remedy: REMEDY,
      cause: error,
    });
  }
}

async function readFileWeights(tf: typeof Tf, file: string): Promise<ForeignWeights> {
  if (file.endsWith(".json")) return { tensors: await readModelWeights(tf, file), others: [] };
  if (kindOfKerasFile(file) !== undefined) return { tensors: await readKerasWeights(tf, file), others: [] };
  return file.endsWith(".npz")
    ? readNpzWeights(readPlain(file), file)
    : readSafetensorsWeights(readBytes(file, MOST_BYTES));
}

/** By the names that they have in the model, which the file may not say: it has them by their place among the layers. */
async function readKerasWeights(tf: typeof Tf, file: string): Promise<Tensors> {
  const { build } = await readKerasFile(tf, file);
  const model = await build();
  const weights = new Map(
    [...variablesOf(model)].map(([name, variable]) => [name, { shape: variable.shape, values: readValues(variable) }]),
  );
  model.dispose();
  return weights;
}

function readRun(run: Run): InitialModel {
  const checkpoint = readLatestCheckpoint(run);
  if (checkpoint === undefined) {
    throw usageError(`Run ${run.id} has no checkpoint to begin with.`, "Let it train, or name another run.");
  }
  const tensors = weightsOf(checkpoint.tensors, `Run ${run.id}`);
  return { from: run.id, sha256: hashTensors(tensors), tensors, others: [] };
}

/** Of a checkpoint of Whittle's, its weights; of any other file, all that it holds. */
function weightsOf(tensors: Tensors, source: string): Tensors {
  const starting = (prefix: string): [string, StoredTensor][] =>
    [...tensors].flatMap(([name, tensor]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : []));
  const weights = starting("weight:");
  if (weights.length === 0) return tensors;
  if (starting("mask:").some(([, { values }]) => values.includes(0))) {
    throw usageError(
      `${source} is pruned already, so it is no dense model to begin with.`,
      "Train one with --set pruning.maxEpochs=0, and begin with that.",
    );
  }
  return new Map(weights);
}
