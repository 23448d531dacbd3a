/** A trained dense model to begin with: weights of another run, of a safetensors file, or of a TensorFlow.js model. */
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type * as Tf from "@tensorflow/tfjs";
import { readModelWeights } from "../models/loadModelJson.ts";
import { isWeightsFile } from "../models/settingsFile.ts";
import { messageOf, usageError, WhittleError } from "../protocol/errors.ts";
import { hashTensors, readLatestCheckpoint } from "../runs/checkpoint/checkpoint.ts";
import { decodeSafetensors, type StoredTensor } from "../runs/checkpoint/safetensors.ts";
import type { Run } from "../runs/files/layout.ts";
import { findRun } from "../runs/record/store.ts";
import type { Network } from "./network.ts";
import { hashFile } from "./provenance.ts";

type Tensors = ReadonlyMap<string, StoredTensor>;

export interface InitialModel {
  /** The run's id, or the file's path. */
  readonly from: string;
  readonly sha256: string;
  /** By weight name. */
  readonly tensors: Tensors;
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
  try {
    const tensors = file.endsWith(".json")
      ? await readModelWeights(tf, file)
      : weightsOf(decodeSafetensors(await readFile(file)).tensors, file);
    return { from: file, sha256: await hashFile(file), tensors };
  } catch (error) {
    if (error instanceof WhittleError) throw error;
    throw new WhittleError(`The initial model ${file} cannot be read: ${messageOf(error)}`, {
      remedy:
        "Give the id of a run, a .safetensors file of float32 weights, or a model.json with its weights beside it.",
      cause: error,
    });
  }
}

function readRun(run: Run): InitialModel {
  const checkpoint = readLatestCheckpoint(run);
  if (checkpoint === undefined) {
    throw usageError(`Run ${run.id} has no checkpoint to begin with.`, "Let it train, or name another run.");
  }
  const tensors = weightsOf(checkpoint.tensors, `Run ${run.id}`);
  return { from: run.id, sha256: hashTensors(tensors), tensors };
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

/** @throws WhittleError when a weight of the network is missing or has another shape */
export function fitWeights({ from, tensors }: InitialModel, network: Network): ReadonlyMap<string, Float32Array> {
  return new Map(
    [...network.weights].map(([name, variable]) => {
      const tensor = tensors.get(name);
      if (tensor !== undefined && tensor.shape.join() === variable.shape.join()) return [name, tensor.values];
      const what = tensor === undefined ? "is missing" : `has shape [${tensor.shape}] there`;
      throw new WhittleError(`The initial model ${from} does not fit: ${name} [${variable.shape}] ${what}.`, {
        remedy: `Give weights of the same model. They are: ${[...tensors.keys()].slice(0, 20).join(", ")}.`,
      });
    }),
  );
}
