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
import { isKeras3, translateKeras3 } from "./keras3/translate.ts";
import { type WeightHolder, weightNames } from "./keras3/weightNames.ts";
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
const OWN_LAYERS = "Layers of one's own need a model file in TypeScript or JavaScript.";

/** Reads and checks the file. `build` makes the model, at once where initial values are drawn. */
export async function readModelJson(
  tf: TF,
  file: string,
): Promise<{ readonly build: () => Promise<Tf.LayersModel>; readonly compiled?: Compiled }> {
  const json = parse(file, await readFile(file, "utf8"));
  const weights = await readWeights(file, json);
  const keras3 = isKeras3(json.modelTopology) ? translateKeras3(file, json.modelTopology) : undefined;
  const modelTopology = keras3?.topology ?? json.modelTopology;
  const compiled = readTrainingConfig(json);
  const build = async (): Promise<Tf.LayersModel> => {
    let model: Tf.LayersModel;
    try {
      // Draws the initial values before it waits for anything, so that the seed holds.
      model = await tf.models.modelFromJSON({ modelTopology: modelTopology as Tf.io.ModelJSON["modelTopology"] });
    } catch (error) {
      throw new WhittleError(`${file} describes a model that cannot be built: ${messageOf(error)}`, {
        remedy: keras3 ? "Check in Keras that the model is built and its shapes fit, then save it again." : OWN_LAYERS,
        cause: error,
      });
    }
    putWeights(tf, model, file, weights, keras3?.holders);
    return model;
  };
  return { build, ...(compiled === undefined ? {} : { compiled }) };
}

/** The weights that a model.json's manifest names, by their names. @throws WhittleError naming the file */
export async function readModelWeights(
  tf: TF,
  file: string,
): Promise<ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>> {
  const groups = await readWeights(file, parse(file, await readFile(file, "utf8")));
  const tensors = groups.flatMap(({ bytes, specs }) =>
    Object.entries(tf.io.decodeWeights(bytes, specs as Tf.io.WeightsManifestEntry[])),
  );
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

/** Of what Keras 3 wrote every weight must be there, since only `holders` tells which is which. */
function putWeights(
  tf: TF,
  model: Tf.LayersModel,
  file: string,
  groups: readonly WeightGroup[],
  holders: readonly WeightHolder[] | undefined,
): void {
  if (groups.length === 0) return;
  const tensors: Tf.NamedTensorMap = {};
  try {
    for (const { bytes, specs } of groups) {
      Object.assign(tensors, tf.io.decodeWeights(bytes, specs as Tf.io.WeightsManifestEntry[]));
    }
    model.loadWeights(holders ? rename(tensors, holders, model) : tensors, holders !== undefined);
  } catch (error) {
    throw new WhittleError(`The weights of ${file} do not fit its model: ${messageOf(error)}`, {
      remedy: "Save the model again, so that its files belong together.",
      cause: error,
    });
  } finally {
    tf.dispose(tensors);
  }
}

function rename(
  tensors: Tf.NamedTensorMap,
  holders: readonly WeightHolder[],
  model: Tf.LayersModel,
): Tf.NamedTensorMap {
  const weights = model.weights.map(({ originalName }) => originalName);
  const nameOf = weightNames(holders, weights);
  return Object.fromEntries(
    Object.entries(tensors).flatMap(([tensor, value]) => {
      const name = nameOf(tensor);
      return name === undefined ? [] : [[name, value]];
    }),
  );
}
