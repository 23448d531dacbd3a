/** Comparisons of tensors of different shapes: the wasm backend works out the place of every number, but adds quickly. */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../types.ts";

export const COMPARISONS = ["Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual"] as const;

/** As the backend's own kernel of that name, with the smaller tensor spread to the shape of the larger before. */
export function spreadFirst(tf: TF, name: (typeof COMPARISONS)[number]): Tf.KernelFunc {
  const { kernelFunc: compare } = tf.getKernel(name, "wasm");
  const add = tf.getKernel("Add", "wasm").kernelFunc;
  const zerosLike = tf.getKernel("ZerosLike", "wasm").kernelFunc;
  return (call) => {
    const { a, b } = call.inputs;
    if (a?.dtype !== "float32" || b?.dtype !== "float32" || String(a.shape) === String(b.shape)) return compare(call);
    const { backend } = call;
    const whole = String(tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape));
    const [large, small] = String(a.shape) === whole ? [a, b] : [b, a];
    if (String(large.shape) !== whole) return compare(call);
    const zeros = zerosLike({ inputs: { x: large }, backend }) as Tf.TensorInfo;
    const spread = add({ inputs: { a: zeros, b: small }, backend }) as Tf.TensorInfo;
    const inputs = large === a ? { a, b: spread } : { a: spread, b };
    const result = compare({ inputs, backend });
    for (const { dataId } of [zeros, spread]) (backend as Tf.KernelBackend).disposeData(dataId);
    return result;
  };
}
