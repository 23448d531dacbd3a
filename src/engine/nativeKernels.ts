/** Kernels of tfjs-node 4.22.0 that do on the native engine what they need not do. */
import type * as Tf from "@tensorflow/tfjs";
import type { NodeBackend } from "./graph/backend.ts";
import type { TF } from "./types.ts";

const BACKEND = "tensorflow";

export function improveNativeKernels(tf: TF, backend: NodeBackend): void {
  for (const kernel of [gather(tf, backend), softmax(tf)]) {
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

/** TensorFlow's own rounds otherwise in a graph than in an eager call, where oneDNN takes it over. */
function softmax(tf: TF): Tf.KernelConfig {
  return {
    kernelName: "Softmax",
    backendName: BACKEND,
    kernelFunc({ inputs, attrs }) {
      const { dim } = attrs as { readonly dim: number };
      return tf.tidy(() => {
        const logits = inputs["logits"] as Tf.Tensor;
        const powers = tf.exp(tf.sub(logits, tf.max(logits, dim, true)));
        return tf.div(powers, tf.sum(powers, dim, true));
      });
    },
  };
}
