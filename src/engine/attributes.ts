/** Attributes of TensorFlow's operations, as the native backend takes them. */
import type * as Tf from "@tensorflow/tfjs";
import type { TFEOpAttr } from "@tensorflow/tfjs-node/dist/tfjs_binding.js";
import type { NodeBackend } from "./graph/backend.ts";

export type Attributes = ReturnType<typeof attributesOf>;

export function attributesOf(backend: NodeBackend) {
  const { TF_ATTR_TYPE, TF_ATTR_INT, TF_ATTR_FLOAT, TF_ATTR_BOOL, TF_ATTR_STRING } = backend.binding;
  const of =
    <T extends TFEOpAttr["value"]>(type: number) =>
    (name: string, value: T): TFEOpAttr => ({ name, type, value });
  const number = of<number>(TF_ATTR_TYPE);
  return {
    /** @param dtype TensorFlow's number, for a type that tfjs has no name for */
    type: (name: string, dtype: Tf.DataType | number): TFEOpAttr =>
      number(name, typeof dtype === "number" ? dtype : backend.getDTypeInteger(dtype)),
    int: of<number>(TF_ATTR_INT),
    float: of<number>(TF_ATTR_FLOAT),
    flag: of<boolean>(TF_ATTR_BOOL),
    text: of<string>(TF_ATTR_STRING),
  };
}
