/**
 * Loads a `model.json` in TensorFlow.js's layers format, with the weights that its manifest names. Without weights the
 * model starts like one that was just written down: initial values from the run's seed. What Keras 3 wrote is translated
 * before (`keras3/translate.ts`), be it in such a file or alone, as `model.to_json()` gives it.
 */
import { readFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import type * as Tf from "@tensorflow/tfjs";
import { z } from "zod";
import type { TF } from "../engine/types.ts";
import { messageOf, WhittleError } from "../protocol/errors.ts";
import type { Compiled } from "./compiled.ts";
import { builderOf } from "./storedModel.ts";
import { readTrainingConfig } from "./trainingConfig.ts";

/** Of a tensor; `decodeWeights` checks the rest. */
const weightSpec = z.looseObject({ name: z.string(), shape: z.array(z.int()), dtype: z.string() });
const modelJson = z.looseObject({
  format: z.string().optional(),
  modelTopology: z.looseObject({}),
  trainingConfig: z.unknown().optional(),
  weightsManifest: z.array(z.object({ paths: z.array(z.string()), weights: z.array(weightSpec) })).default([]),
});
type ModelJson = z.infer<typeof modelJson>;
/** A topology without a file around it: what `model.to_json()` of Keras gives. */
const bareTopology = z.looseObject({ class_name: z.string(), config: z.unknown() });

const REMEDY =
  "Give a model.json in the layers format: what model.save() of TensorFlow.js or the Keras converter writes.";

/** Reads and checks the file. `build` makes the model, at once where initial values are drawn. */
export async function readModelJson(
  tf: TF,
  file: string,
): Promise<{ readonly build: () => Promise<Tf.LayersModel>; readonly compiled?: Compiled }> {
  const json = parse(file, await readFile(file, "utf8"));
  const groups = await readWeights(file, json);
  const tensors = groups.length === 0 ? undefined : () => decode(tf, groups);
  const compiled = readTrainingConfig(json);
  const build = builderOf(tf, { file, topology: json.modelTopology, tensors });
  return { build, ...(compiled === undefined ? {} : { compiled }) };
}

function decode(tf: TF, groups: readonly WeightGroup[]): Tf.NamedTensorMap {
  const tensors: Tf.NamedTensorMap = {};
  try {
    for (const { bytes, specs } of groups) {
      Object.assign(tensors, tf.io.decodeWeights(bytes, specs as Tf.io.WeightsManifestEntry[]));
    }
  } catch (error) {
    tf.dispose(tensors);
    throw error;
  }
  return tensors;
}

/** The weights that a model.json's manifest names, by their names. @throws WhittleError naming the file */
export async function readModelWeights(
  tf: TF,
  file: string,
): Promise<ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>> {
  const groups = await readWeights(file, parse(file, await readFile(file, "utf8")));
  const tensors = Object.entries(decode(tf, groups));
  const read = tensors.map(([name, tensor]) => {
    const values = Float32Array.from(tensor.dataSync());
    tensor.dispose();
    return [name, { shape: tensor.shape, values }] as const;
  });
  return new Map(read);
}

function parse(file: string, text: string): ModelJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new WhittleError(`${file} is not JSON: ${messageOf(error)}`, { remedy: REMEDY, cause: error });
  }
  const bare = bareTopology.safeParse(value).data;
  const json = modelJson.safeParse(bare === undefined ? value : { modelTopology: bare }).data;
  if (json === undefined || json.format === "graph-model") {
    const kind = json === undefined ? "no model of TensorFlow.js" : "a graph model, which has no layers to prune";
    throw new WhittleError(`${file} is ${kind}.`, { remedy: REMEDY });
  }
  return json;
}

interface WeightGroup {
  readonly bytes: ArrayBuffer;
  readonly specs: ModelJson["weightsManifest"][number]["weights"];
}

/** The files lie beside the model.json or below: a manifest cannot name others. */
async function readWeights(file: string, { weightsManifest }: ModelJson): Promise<readonly WeightGroup[]> {
  const folder = dirname(file);
  return Promise.all(
    weightsManifest.map(async ({ paths, weights }) => {
      const parts = await Promise.all(
        paths.map(async (path) => {
          const whole = resolve(folder, path);
          if (/^\.\.([\\/]|$)/.test(relative(folder, whole))) {
            throw new WhittleError(`${file} names weights outside of its folder: ${path}`, {
              remedy: "Put the weight files beside the model.json.",
            });
          }
          try {
            return await readFile(whole);
          } catch (error) {
            throw new WhittleError(`The weights ${whole} of ${file} cannot be read: ${messageOf(error)}`, {
              remedy: "Put the weight files beside the model.json; or remove its weightsManifest to begin untrained.",
              cause: error,
            });
          }
        }),
      );
      const bytes = new Uint8Array(Buffer.concat(parts));
      return { bytes: bytes.buffer, specs: weights };
    }),
  );
}
