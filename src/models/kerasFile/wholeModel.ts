/** `.h5` files of a whole model, as Keras 2 and, where asked for, Keras 3 write them: all in one HDF5 file. */
import { ContentError, type Hdf5Array, type Hdf5Group, type Hdf5Text } from "../hdf5/contents.ts";
import { readHdf5 } from "../hdf5/readHdf5.ts";
import { type KerasFile, parseJson } from "./kerasFile.ts";

/** @throws ContentError in words that complete "FILE …" */
export function openWholeModel(bytes: Uint8Array): KerasFile {
  const root = readHdf5(bytes);
  const config = root.attributes.get("model_config");
  const weights = root.groups.get("model_weights");
  if (typeof config !== "string" || weights === undefined) {
    throw new ContentError(
      "holds no whole model, maybe weights alone: save it with model.save() in place of save_weights()",
    );
  }
  const training = root.attributes.get("training_config");
  return {
    topology: {
      ...(typeof training === "string" ? { training_config: parseJson(training, "a training_config") } : {}),
      keras_version: root.attributes.get("keras_version"),
      model_config: parseJson(config, "a model_config"),
    },
    weights: weightsIn(weights),
  };
}

/** By the names that each layer gives its weights; of Keras 2 without the `:0` that TensorFlow had behind them. */
function weightsIn({ attributes, groups }: Hdf5Group): ReadonlyMap<string, Hdf5Array> {
  const weights = new Map<string, Hdf5Array>();
  for (const layer of textsOf(attributes, "layer_names")) {
    const group = groups.get(layer);
    if (group === undefined) throw new ContentError(`lacks the weights of the layer "${layer}"`);
    for (const path of textsOf(group.attributes, "weight_names")) {
      const array = arrayAt(group, path);
      if (array === undefined) throw new ContentError(`lacks the weight "${path}" of the layer "${layer}"`);
      const name = path.replace(/:0$/, "");
      if (weights.has(name)) throw new ContentError(`has two weights with the name "${name}"`);
      weights.set(name, array);
    }
  }
  return weights;
}

/** A list that is too long for one attribute is in several, with numbers behind the name. */
function textsOf(attributes: ReadonlyMap<string, Hdf5Text>, name: string): readonly string[] {
  const whole = attributes.get(name);
  if (whole !== undefined) return [whole].flat();
  const parts: string[] = [];
  for (let part = attributes.get(`${name}0`), index = 1; part !== undefined; index++) {
    parts.push(...[part].flat());
    part = attributes.get(`${name}${index}`);
  }
  return parts;
}

function arrayAt(group: Hdf5Group, path: string): Hdf5Array | undefined {
  const parts = path.split("/");
  const name = parts.pop() ?? "";
  let at: Hdf5Group | undefined = group;
  for (const part of parts) at = at?.groups.get(part);
  return at?.arrays.get(name);
}
