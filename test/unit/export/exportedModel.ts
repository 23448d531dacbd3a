/** Small models as forms get them. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../../src/engine/types.ts";
import type { ExportedModel } from "../../../src/export/format.ts";
import { nameWeights } from "../../../src/models/weightNames.ts";

/**
 * Every third weight of a kernel is pruned; what is not random by its layer gets values: above 0 in vectors, variances among them, in
 * matrices of either sign and smaller where more of them are added, as in a network that was trained: others would show roundings.
 */
export function asExported(tf: TF, model: Tf.LayersModel): ExportedModel {
  const masks = new Map<string, Float32Array>();
  for (const [weight, name] of nameWeights(model)) {
    const variable = weight.read() as Tf.Variable;
    const mask = Float32Array.from({ length: variable.size }, (_, at) =>
      name.endsWith("kernel") ? Number(at % 3 !== 0) : 1,
    );
    if (name.endsWith("kernel")) masks.set(name, mask);
    const added = variable.size / (variable.shape.at(-1) ?? 1);
    const scaleOf = (value: number) => (variable.rank > 1 ? Math.sign(value) / Math.sqrt(added) : 1);
    const values = mask.map((kept, at) => {
      const value = Math.sin(at + name.length);
      return kept * scaleOf(value) * (0.1 + Math.abs(value));
    });
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
  return { tf, model, masks, original: { model, masks }, metadata: { producer: "whittle", run: "r1" } };
}

/** Of the kinds that people deploy, with branches, running statistics, ids and several inputs among them. */
export function sampleModels(tf: TF): Readonly<Record<string, Tf.LayersModel>> {
  const { layers } = tf;
  const image = tf.input({ shape: [8, 8, 3] });
  const convolved = layers.conv2d({ filters: 4, kernelSize: 3, padding: "same", name: "conv" }).apply(image);
  const normalized = layers.batchNormalization({ name: "norm" }).apply(convolved);
  const branch = layers.depthwiseConv2d({ kernelSize: 3, padding: "same", name: "deep" }).apply(normalized);
  const joined = layers.add({ name: "join" }).apply([normalized, branch] as Tf.SymbolicTensor[]);
  const pooled = layers.globalAveragePooling2d({ name: "pool" }).apply(joined);
  const ids = tf.input({ shape: [6] });
  const embedded = layers.embedding({ inputDim: 9, outputDim: 4, name: "table" }).apply(ids);
  const [one, other] = [tf.input({ shape: [3], name: "one" }), tf.input({ shape: [2], name: "other" })];
  const both = layers.concatenate({ name: "both" }).apply([one, other]);
  const outputs = [1, 2].map((units) => layers.dense({ units, name: `out${units}` }).apply(both) as Tf.SymbolicTensor);
  return {
    dense: tf.sequential({
      layers: [
        layers.dense({ units: 5, activation: "relu", inputShape: [4], name: "fc1" }),
        layers.dense({ units: 3, activation: "softmax" }),
      ],
    }),
    convolutional: tf.model({
      inputs: image,
      outputs: layers.dense({ units: 2, name: "out" }).apply(pooled) as Tf.SymbolicTensor,
    }),
    recurrent: tf.model({
      inputs: ids,
      outputs: layers.lstm({ units: 3, name: "lstm" }).apply(embedded) as Tf.SymbolicTensor,
    }),
    several: tf.model({ inputs: [one, other], outputs }),
  };
}
