/** What a run's model can be written as, for the runtimes that people use it in. */

/**
 * - `tfjs`: a folder with `model.json` and its weights, for `tf.loadLayersModel`
 * - `keras`, `h5`: for Keras 3
 * - `onnx`: for ONNX runtimes
 * - `safetensors`: the weights, with masks and shapes in the metadata
 * - `masks`: which weights of the user's own model are left, as an .npz, for those who go on in Python
 */
export const MODEL_FORMATS = ["tfjs", "keras", "h5", "onnx", "safetensors", "masks"] as const;
export type ModelFormat = (typeof MODEL_FORMATS)[number];
