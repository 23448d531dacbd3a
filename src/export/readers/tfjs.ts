/** A folder with a `model.json`, opened by `tf.loadLayersModel`. */
import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type * as Tf from "@tensorflow/tfjs";
import { messageOf, usageError, WhittleError } from "../../protocol/errors.ts";
import { isInside } from "../../runs/files/layout.ts";
import { saysFloat16 } from "../float16.ts";
import { predictValues } from "./predict.ts";
import type { ModelReader } from "./reader.ts";

export const tfjsReader: ModelReader = {
  format: "tfjs",
  async run(path, inputs, { tf }) {
    const file = (await stat(path)).isDirectory() ? join(path, "model.json") : path;
    let model: Tf.LayersModel;
    let isFloat16: boolean;
    try {
      const json = JSON.parse(await readFile(file, "utf8")) as Tf.io.ModelJSON;
      isFloat16 = saysFloat16(json.userDefinedMetadata);
      const artifacts = await tf.io.getModelArtifactsForJSON(json, (manifest) => readWeights(manifest, dirname(file)));
      model = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
    } catch (error) {
      if (error instanceof WhittleError) throw error;
      throw new WhittleError(`TensorFlow.js cannot open ${file}: ${messageOf(error)}`, {
        remedy: "Export the run again.",
        cause: error,
      });
    }
    try {
      return {
        reader: `TensorFlow.js ${tf.version["tfjs-layers"]}`,
        outputs: predictValues(tf, model, inputs),
        isFloat16,
      };
    } finally {
      model.dispose();
    }
  },
};

async function readWeights(
  manifest: Tf.io.WeightsManifestConfig,
  folder: string,
): Promise<[Tf.io.WeightsManifestEntry[], ArrayBuffer]> {
  const parts = await Promise.all(
    manifest
      .flatMap(({ paths }) => paths)
      .map((path) => {
        const file = resolve(folder, path);
        if (isInside(folder, file)) return readFile(file);
        throw usageError(`${folder} names weights outside of it: ${path}`, "Export the run again.");
      }),
  );
  return [manifest.flatMap(({ weights }) => weights), new Uint8Array(Buffer.concat(parts)).buffer];
}
