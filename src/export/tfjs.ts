/**
 * A folder with `model.json` and `weights.bin`, as `tf.loadLayersModel` reads it: what `model.save` of TensorFlow.js writes; and with
 * the classes of `whittle/layers` where the model has some.
 */
import { readFile } from "node:fs/promises";
import type * as Tf from "@tensorflow/tfjs";
import { builtFile } from "../engine/install/bundle.ts";
import type { TF } from "../engine/types.ts";
import { allLayers } from "../layers/inside.ts";
import { isModelLayer } from "../models/modelLayers/base.ts";
import { usageError } from "../protocol/errors.ts";
import { LAYERS_FILE } from "../protocol/modelExport.ts";
import { FLOAT16_METADATA, toFloat16 } from "./float16.ts";
import type { ExportedModel, ExportFormat } from "./format.ts";
import { withoutGeluNew } from "./geluNew.ts";

const WEIGHTS_FILE = "weights.bin";

export const tfjs: ExportFormat = { name: "tfjs", encode: (exported) => encode(exported, (weights) => weights) };

export const tfjsFloat16: ExportFormat = {
  name: "tfjs-float16",
  encode: ({ metadata, ...exported }) =>
    encode({ ...exported, metadata: { ...metadata, ...FLOAT16_METADATA } }, withFloat16),
};

/** As TensorFlow.js keeps them: what they are called, and all their values behind one another. */
interface Weights {
  readonly specs: readonly Tf.io.WeightsManifestEntry[];
  readonly bytes: Uint8Array;
}

async function encode(
  { tf, model, metadata }: ExportedModel,
  change: (weights: Weights) => Weights,
): Promise<ReadonlyMap<string, Uint8Array>> {
  checkClasses(tf, model);
  checkNames(model);
  const {
    modelTopology: asWritten,
    weightSpecs = [],
    weightData,
    format,
    generatedBy,
    convertedBy,
  } = await artifactsOf(tf, model);
  const modelTopology = withoutGeluNew(asWritten);
  checkActivations(tf, model, JSON.stringify(modelTopology));
  const { specs, bytes } = change({
    specs: weightSpecs,
    bytes: new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)),
  });
  const json = {
    modelTopology,
    format,
    generatedBy,
    convertedBy,
    userDefinedMetadata: metadata,
    weightsManifest: [{ paths: [WEIGHTS_FILE], weights: specs }],
  };
  const files = new Map<string, Uint8Array>([
    ["model.json", Buffer.from(JSON.stringify(json))],
    [WEIGHTS_FILE, bytes],
  ]);
  if ([...allLayers(model.layers)].some(isModelLayer)) files.set(LAYERS_FILE, await readFile(builtFile(LAYERS_FILE)));
  return files;
}

/** Of layers all weights are float32. */
function withFloat16({ specs, bytes }: Weights): Weights {
  let at = bytes.byteOffset;
  const changed = specs.map((spec) => {
    const size = spec.shape.reduce((product, length) => product * length, 1);
    const values = new Float32Array(bytes.buffer, at, size);
    at += values.byteLength;
    const half = toFloat16(values);
    return half === undefined
      ? { spec, own: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) }
      : { spec: { ...spec, quantization: { dtype: "float16" as const } }, own: half };
  });
  return { specs: changed.map(({ spec }) => spec), bytes: Buffer.concat(changed.map(({ own }) => own)) };
}

async function artifactsOf(tf: TF, model: Tf.LayersModel): Promise<Tf.io.ModelArtifacts> {
  return new Promise((resolve, reject) => {
    const handler = tf.io.withSaveHandler(async (artifacts) => {
      resolve(artifacts);
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    });
    model.save(handler).catch(reject);
  });
}

/** A class that is not registered is found by nobody who opens the file. */
function checkClasses(tf: TF, model: Tf.LayersModel): void {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  for (const layer of allLayers(model.layers)) {
    const className = layer.getClassName();
    if (Object.hasOwn(classNameMap, className)) continue;
    throw usageError(
      `The layer ${layer.name} is of a class ${className} that TensorFlow.js cannot find when it opens the file.`,
      `Register it in the model file and in the program that loads it: tf.serialization.registerClass(${className}).`,
    );
  }
}

/** Activations are classes as well, by their names. @param written the model as it is written */
function checkActivations(tf: TF, model: Tf.LayersModel, written: string): void {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  for (const layer of allLayers(model.layers)) {
    const { activation, recurrentActivation } = layer.getConfig();
    for (const name of [activation, recurrentActivation]) {
      if (typeof name !== "string" || Object.hasOwn(classNameMap, inCamelCase(name))) continue;
      if (!written.includes(`activation":"${name}"`)) continue;
      throw usageError(
        `The layer ${layer.name} has the activation ${name}, which TensorFlow.js does not find there when it opens a file.`,
        "Give it another one, e.g. gelu for gelu_new, and train again; or export to another form.",
      );
    }
  }
}

/** As TensorFlow.js does with every word of a file: its own `gelu_new` is then none. */
const inCamelCase = (name: string): string => name.replace(/_+(\w|$)/g, (_, next: string) => next.toUpperCase());

/** Weights are found by these names. */
function checkNames(model: Tf.LayersModel): void {
  const names = new Set<string>();
  for (const { originalName } of model.weights) {
    if (names.has(originalName)) {
      throw usageError(
        `Two weights of the model are called ${originalName}, and TensorFlow.js finds weights by their names.`,
        "Give the layers names of their own, those inside of others as well, and train again; or export to another form.",
      );
    }
    names.add(originalName);
  }
}
