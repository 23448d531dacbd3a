/** Kernels of tfjs-node 4.22.0 that do on the native engine what they need not do. */
import type * as Tf from "@tensorflow/tfjs";
import type { NodeBackend } from "./graph/backend.ts";
import type { TF } from "./types.ts";

const BACKEND = "tensorflow";

export function improveNativeKernels(tf: TF, backend: NodeBackend): void {
  for (const kernel of [gather(tf, backend)]) {
    tf.unregisterKernel(kernel.kernelName, BACKEND);
    tf.registerKernel(kernel);
  }
}

/** Theirs reads all indices to look whether one is out of range, which TensorFlow does itself. */
function gather(tf: TF, backend: NodeBackend): Tf.KernelConfig {
  const { TF_ATTR_TYPE, TF_ATTR_INT } = backend.binding;
  return {
    kernelName: "GatherV2",
    backendName: BACKEND,
    kernelFunc({ inputs, attrs }) {
      const { x, indices } = inputs;
      const { axis, batchDims } = attrs as { readonly axis: number; readonly batchDims: number };
      if (x === undefined || indices === undefined) throw new Error("GatherV2 has two inputs");
      const typeOf = (name: string, dtype: Tf.DataType) => ({
        name,
        type: TF_ATTR_TYPE,
        value: backend.getDTypeInteger(dtype),
      });
      return tf.tidy(() =>
        backend.executeSingleOutput(
          "GatherV2",
          [
            { name: "batch_dims", type: TF_ATTR_INT, value: batchDims },
            typeOf("Tparams", x.dtype),
            typeOf("Tindices", indices.dtype),
            typeOf("Taxis", "int32"),
          ],
          [x, indices, tf.scalar(axis, "int32")],
        ),
      );
    },
  };
}
