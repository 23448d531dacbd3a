/** Exported models beside what they compute, here and in the real Keras. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { createRandom } from "../../../../src/data/random.ts";
import type { ExportedModel } from "../../../../src/export/format.ts";
import { h5, keras } from "../../../../src/export/keras/keras.ts";
import { runInKeras } from "../../../../src/export/readers/keras.ts";
import type { Values } from "../../../../src/export/readers/reader.ts";
import { EXTENSIONS } from "../../../../src/protocol/modelExport.ts";
import { ensurePython } from "../../../readers/python.mjs";
import { madeIds } from "../madeIds.ts";

/** Of an axis whose length a model leaves open; each further input is longer by one. */
const OPEN_LENGTH = 6;

export const FORMATS = [keras, h5];
/** Undefined where there is none, which it has said then. */
export const python = ensurePython();

/** Nothing of it is pruned. */
export function asExported(model: tf.LayersModel): ExportedModel {
  const masks = new Map();
  return { tf, model, masks, original: { model, masks }, metadata: {} };
}

export interface Exported {
  readonly file: string;
  readonly inputs: readonly Values[];
  /** What TensorFlow.js computes. */
  readonly outputs: readonly Values[];
}

/** Draws all weights anew, so that activations stay of the size of their inputs; variances stay positive. */
export function randomize(model: tf.LayersModel): void {
  const random = createRandom("weights");
  for (const weight of model.weights) {
    const shape = weight.shape.map(Number);
    const count = shape.reduce((product, length) => product * length, 1);
    const spread = shape.length < 2 ? 1 : Math.min(1, 4 / Math.sqrt(count / (shape.at(-1) ?? 1)));
    const isVariance = weight.originalName.includes("variance");
    const draw = () => (isVariance ? 0.3 + random.next() : spread * (random.next() - 0.5));
    weight.write(tf.tensor(Float32Array.from({ length: count }, draw), shape));
  }
}

/** In both forms. @param ids how many the model embeds, where its inputs are ids */
export async function exportBoth(
  model: tf.LayersModel,
  folder: string,
  name: string,
  { ids, count = 3 }: { readonly ids?: number | undefined; readonly count?: number } = {},
): Promise<readonly Exported[]> {
  const random = createRandom("inputs");
  const inputs = model.inputs.map((input, at) => {
    const shape = [count, ...input.shape.slice(1).map((length) => length ?? OPEN_LENGTH + at)];
    const draw = () => Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => 2 * random.next() - 1);
    return { name: "", shape, values: ids === undefined ? draw() : madeIds(random, ids, shape) };
  });
  const outputs = predict(model, inputs);
  return Promise.all(
    FORMATS.map(async (format) => {
      const [bytes] = (await format.encode(asExported(model))).values();
      assert.ok(bytes !== undefined);
      const file = join(folder, `${name}${EXTENSIONS[format.name]}`);
      writeFileSync(file, bytes);
      return { file, inputs, outputs };
    }),
  );
}

export function predict(model: tf.LayersModel, inputs: readonly Values[]): readonly Values[] {
  return tf.tidy(() => {
    const given = inputs.map(({ shape, values }) => tf.tensor(values, [...shape]));
    const got = [model.predict(given.length === 1 && given[0] ? given[0] : given)].flat();
    return got.map((tensor) => ({ name: "", shape: tensor.shape, values: Float32Array.from(tensor.dataSync()) }));
  });
}

/** All in one Python, which takes seconds to start. @returns outputs by file, or why there are none */
export async function openAll(
  program: string,
  exported: readonly Exported[],
): Promise<ReadonlyMap<string, readonly Values[] | Error>> {
  const runs = await runInKeras(program, exported);
  return new Map(exported.map(({ file }, at) => [file, runs[at] ?? new Error(`no run of ${file}`)]));
}

/** Within 1e-5 of the largest value. */
export function assertSame(got: readonly Values[], wanted: readonly Values[]): void {
  assert.deepEqual(
    got.map(({ shape }) => shape),
    wanted.map(({ shape }) => shape),
  );
  for (const [index, { values }] of wanted.entries()) {
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
    const worst = values.reduce((most, value, at) => {
      const difference = Math.abs(value - (got[index]?.values[at] ?? NaN));
      return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(most, difference);
    }, 0);
    assert.ok(worst <= 1e-5 * largest, `output ${index} is off by ${worst}, where ${largest} is the largest`);
  }
}
