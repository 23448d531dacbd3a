/** From a topology and weights that a file holds to the model. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { messageOf, WhittleError } from "../protocol/errors.ts";
import { isKeras3, translateKeras3 } from "./keras3/translate.ts";
import { type WeightHolder, weightNames } from "./keras3/weightNames.ts";

export interface StoredModel {
  readonly file: string;
  /** Of TensorFlow.js, Keras 2 or Keras 3. */
  readonly topology: Readonly<Record<string, unknown>>;
  /** By their names in the file, made when they are needed; undefined where there are none, and the model begins untrained. */
  readonly tensors: (() => Tf.NamedTensorMap) | undefined;
  /** Every weight of the model has to be there, and no others; of what Keras 3 wrote this holds anyway. */
  readonly isComplete?: boolean;
}

const OWN_LAYERS = "Layers of one's own need a model file in TypeScript or JavaScript.";

/**
 * Checks the topology.
 * @returns what builds the model, at once where initial values are drawn
 * @throws WhittleError naming the file and what of it is not supported
 */
export function builderOf(tf: TF, { file, topology, tensors, isComplete }: StoredModel): () => Promise<Tf.LayersModel> {
  const keras3 = isKeras3(topology) ? translateKeras3(file, topology) : undefined;
  const modelTopology = (keras3?.topology ?? topology) as Tf.io.ModelJSON["modelTopology"];
  return async () => {
    let model: Tf.LayersModel;
    try {
      // Draws the initial values before it waits for anything, so that the seed holds.
      model = await tf.models.modelFromJSON({ modelTopology });
    } catch (error) {
      throw new WhittleError(`${file} describes a model that cannot be built: ${messageOf(error)}`, {
        remedy: keras3 ? "Check in Keras that the model is built and its shapes fit, then save it again." : OWN_LAYERS,
        cause: error,
      });
    }
    if (tensors !== undefined) {
      putWeights(tf, model, { file, tensors, isComplete: isComplete === true, holders: keras3?.holders });
    }
    return model;
  };
}

interface Weights {
  readonly file: string;
  readonly tensors: () => Tf.NamedTensorMap;
  readonly isComplete: boolean;
  /** Of what Keras 3 wrote every weight must be there, since only they tell which is which. */
  readonly holders: readonly WeightHolder[] | undefined;
}

function putWeights(tf: TF, model: Tf.LayersModel, { file, tensors, isComplete, holders }: Weights): void {
  let made: Tf.NamedTensorMap = {};
  try {
    made = tensors();
    model.loadWeights(holders ? rename(made, holders, model) : made, isComplete || holders !== undefined);
  } catch (error) {
    throw new WhittleError(`The weights of ${file} do not fit its model: ${messageOf(error)}`, {
      remedy: "Save the model again, so that its files belong together.",
      cause: error,
    });
  } finally {
    tf.dispose(made);
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
