import type { TF } from "../../engine/types.ts";

/**
 * TensorFlow.js saves the activation `gelu_new`, and looks for `geluNew` when it opens the file, since it takes every underscore
 * for a word of Python's. It finds it by that name then.
 */
export function nameGeluAsSaved(tf: TF): void {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const known = classNameMap["gelu_new"];
  if (known !== undefined) classNameMap["geluNew"] ??= known;
}
