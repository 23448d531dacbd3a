/** The files of test/reference/keras_files, with what Keras computes with the models in them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";

export const FOLDER = join(import.meta.dirname, "../../../reference/keras_files");

interface Stored {
  readonly shape: number[];
  readonly values: number[];
}
export interface KerasCase {
  readonly name: string;
  readonly input: Stored;
  readonly output: Stored;
}

export function readCases(file: string): readonly KerasCase[] {
  return (JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as { readonly cases: KerasCase[] }).cases;
}

/** Within the 1e-5 that float32 allows two implementations. */
export function assertComputes(model: tf.LayersModel, { name, input, output }: KerasCase): void {
  const got = tf.tidy(() => model.predict(tf.tensor(input.values, input.shape)) as tf.Tensor);
  assert.deepEqual(got.shape, output.shape);
  const worst = Math.max(...[...got.dataSync()].map((value, at) => Math.abs(value - (output.values[at] ?? NaN))));
  got.dispose();
  assert.ok(worst <= 1e-5, `${name} is off by ${worst}`);
}
