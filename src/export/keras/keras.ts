/** The forms that Keras 3 reads: `.keras`, a zip of JSON and HDF5, and `.h5`, all in one HDF5 file. */
import { strToU8, zipSync } from "fflate";
import type { Hdf5Array, Hdf5Group, Hdf5Text } from "../../models/hdf5/contents.ts";
import { writeHdf5 } from "../../models/hdf5/writeHdf5.ts";
import { isObject } from "../../models/keras3/place.ts";
import { ARCHIVE_FILES } from "../../models/kerasFile/fileNames.ts";
import type { ExportedModel, ExportFormat } from "../format.ts";
import { type KerasModel, serialize, within } from "./kerasLayer.ts";
import { kerasModel } from "./kerasModel.ts";

/** Whose form the files have, and what the tests open them with. */
const KERAS_VERSION = "3.15.1";

export const keras: ExportFormat = {
  name: "keras",
  encode: async (exported) => {
    const model = convert(exported);
    const metadata = { keras_version: KERAS_VERSION, ...exported.metadata };
    const files = {
      [ARCHIVE_FILES.metadata]: strToU8(JSON.stringify(metadata)),
      [ARCHIVE_FILES.config]: strToU8(JSON.stringify(serialize(model))),
      [ARCHIVE_FILES.weights]: writeHdf5(weightsByPlace(model)),
    };
    // As Keras does: it reads the weights where they lie.
    return new Map([["model.keras", zipSync(files, { level: 0 })]]);
  },
};

export const h5: ExportFormat = {
  name: "h5",
  encode: async (exported) => {
    const model = convert(exported);
    const attributes = new Map<string, Hdf5Text>([
      ...Object.entries(exported.metadata),
      ["keras_version", KERAS_VERSION],
      ["backend", "tensorflow"],
      ["model_config", JSON.stringify({ class_name: model.className, config: model.config })],
    ]);
    const groups = new Map([["model_weights", weightsByLayer(model)]]);
    return new Map([["model.h5", writeHdf5({ attributes, groups, arrays: new Map() })]]);
  },
};

function convert({ tf, model }: ExportedModel): KerasModel {
  const topology: unknown = model.toJSON(null, false);
  const config = isObject(topology) && isObject(topology["config"]) ? topology["config"] : {};
  return kerasModel(tf, model, config);
}

interface OpenGroup {
  readonly attributes: Map<string, Hdf5Text>;
  readonly groups: Map<string, OpenGroup>;
  readonly arrays: Map<string, Hdf5Array>;
}

const openGroup = (): OpenGroup => ({ attributes: new Map(), groups: new Map(), arrays: new Map() });

/** The group at a path below another one, made where it is not there yet. */
function groupAt(root: OpenGroup, path: string): OpenGroup {
  let at = root;
  for (const part of path.split("/")) {
    const next = at.groups.get(part) ?? openGroup();
    at.groups.set(part, next);
    at = next;
  }
  return at;
}

/** Each under the place of its layer, with a number. */
function weightsByPlace({ weights }: KerasModel): Hdf5Group {
  const root = openGroup();
  for (const { holder, shape, values } of weights) {
    const { arrays } = groupAt(root, `${holder}/vars`);
    arrays.set(String(arrays.size), { shape, values });
  }
  return root;
}

/**
 * A group for each layer, whose lists of names say the order: what is trained comes before what is not; where the layer itself is
 * frozen, as they are.
 */
function weightsByLayer({ config, layers }: KerasModel): Hdf5Group {
  const root = openGroup();
  root.attributes.set(
    "layer_names",
    layers.map((layer) => layer.config.name),
  );
  root.attributes.set("backend", "tensorflow").set("keras_version", KERAS_VERSION);
  for (const layer of layers) {
    const group = groupAt(root, layer.config.name);
    const isFrozen = layer.config["trainable"] === false;
    const sorted = isFrozen
      ? layer.weights
      : [true, false].flatMap((each) => layer.weights.filter(({ isTrainable }) => isTrainable === each));
    const names = sorted.map((weight) => {
      const { scope, name, shape, values } = within(weight, "", layer.config.name);
      const path = `${config.name}/${scope}`;
      groupAt(group, path).arrays.set(name, { shape, values });
      return `${path}/${name}`;
    });
    group.attributes.set("weight_names", names);
  }
  return root;
}
