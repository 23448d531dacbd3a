import assert from "node:assert/strict";
import type * as Tf from "@tensorflow/tfjs";
import { createRandom } from "../../../../src/data/random.ts";
import type { TF } from "../../../../src/engine/types.ts";
import { onnx } from "../../../../src/export/onnx/onnx.ts";
import { type OnnxTensor, openOnnx } from "../../../../src/export/readers/onnxRuntime.ts";
import { madeIds } from "../madeIds.ts";

/** Of the largest output. */
const WITHIN = 1e-5;

/** The lengths that an axis has whose size the model leaves open; each further input is longer by one. */
const OPEN_LENGTH = 4;

export interface Inputs {
  /** Ids below this one, and padding, instead of random numbers. */
  readonly ids?: number;
  readonly batches?: readonly number[];
  /** What says how it should be, with the same weights, in the place of the model itself. */
  readonly like?: Tf.LayersModel;
  /** What differences are relative to where outputs are smaller, as sums that cancel each other are. */
  readonly scale?: number;
}

export async function encode(tf: TF, model: Tf.LayersModel): Promise<Uint8Array> {
  const masks = new Map<string, Float32Array>();
  const exported = { tf, model, masks, original: { model, masks }, metadata: { run: "a run" } };
  const files = await onnx.encode(exported);
  const [bytes] = [...files.values()];
  assert.ok(bytes !== undefined && files.size === 1);
  return bytes;
}

/** Every weight drawn anew, variances above 0, so that none of them is without effect. */
export function drawWeights(tf: TF, model: Tf.LayersModel, seed: string): void {
  const random = createRandom("weights", seed);
  for (const weight of model.weights) {
    const shape = weight.shape.map((size) => size ?? 1);
    const inputs = shape.slice(0, -1).reduce((all, size) => all * size, 1);
    const isVariance = weight.originalName.endsWith("variance");
    const draw = () => (isVariance ? 0.5 + random.next() : ((2 * random.next() - 1) * 1.7) / Math.sqrt(inputs));
    const count = shape.reduce((all, size) => all * size, 1);
    weight.write(tf.tensor(Float32Array.from({ length: count }, draw), shape));
  }
}

/** Exports the model and compares what onnxruntime gives with what TensorFlow.js does, for batches of 1 and of 3. */
export async function compareInOnnxRuntime(
  tf: TF,
  model: Tf.LayersModel,
  { ids, batches = [1, 3], like = model, scale = 0 }: Inputs = {},
): Promise<void> {
  drawWeights(tf, model, model.name);
  if (like !== model) like.setWeights(model.getWeights());
  const session = await openOnnx(await encode(tf, model));
  try {
    assert.equal(session.inputs.length, model.inputs.length);
    for (const batch of batches) {
      const random = createRandom("inputs", batch);
      const inputs = model.inputs.map(({ shape, dtype }, at): OnnxTensor => {
        const sizes = shape.map((size, axis) => size ?? (axis === 0 ? batch : OPEN_LENGTH + at));
        const count = sizes.reduce((all, size) => all * size, 1);
        const draw = () => Float32Array.from({ length: count }, () => 4 * random.next() - 2);
        const values = ids === undefined ? draw() : madeIds(random, ids, sizes);
        return dtype === "int32"
          ? { shape: sizes, dtype, values: Int32Array.from(values) }
          : { shape: sizes, dtype: "float32", values };
      });
      const given = await session.run(
        new Map(inputs.map((input, at) => [session.inputs[at]?.name ?? "", input] as const)),
      );
      const tensors = inputs.map(({ values, shape, dtype }) => tf.tensor(values, [...shape], dtype));
      const expected = [tf.tidy(() => like.predict(tensors))].flat();
      assert.equal(session.outputs.length, expected.length);
      for (const [at, name] of session.outputs.entries()) {
        const output = given.get(name);
        const wanted = expected[at];
        assert.ok(output !== undefined && wanted !== undefined);
        assert.deepEqual([...output.shape], wanted.shape, name);
        const values = Float32Array.from(wanted.dataSync());
        const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        assert.ok(largest > 0, "an output that is not only zeros");
        for (const [place, value] of output.values.entries()) {
          const difference = Math.abs(value - (values[place] ?? Number.NaN));
          assert.ok(
            difference <= WITHIN * Math.max(largest, scale),
            `${name}[${place}]: ${value}, not ${values[place]}`,
          );
        }
      }
      tf.dispose([tensors, expected]);
    }
  } finally {
    await session.close();
  }
}
