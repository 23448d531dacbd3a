/**
 * Kernels of the native backend that tfjs-node 4.22.0 lacks or makes of more than it need: each operation fewer is one fewer
 * to start, in a step that may have a thousand.
 */
import type * as Tf from "@tensorflow/tfjs";
import { type Attributes, attributesOf } from "./attributes.ts";
import type { NodeBackend } from "./graph/backend.ts";
import type { TF } from "./types.ts";

const BACKEND = "tensorflow";

type Compute = (
  inputs: Tf.NamedTensorInfoMap,
  attributes: Readonly<Record<string, unknown>>,
) => Tf.TensorInfo | Tf.TensorInfo[];

export function improveNativeKernels(tf: TF, backend: NodeBackend): void {
  const attribute = attributesOf(backend);
  const kernels: Readonly<Record<string, Compute>> = {
    GatherV2: gather(tf, backend, attribute),
    Softmax: softmax(tf),
    Reshape: reshape(tf, backend, attribute),
    BatchMatMul: matMul(backend, attribute),
    Add: add(backend, attribute),
    SparseSoftmaxCrossEntropyWithLogits: ({ logits, labels }) =>
      backend.executeMultipleOutputs(
        "SparseSoftmaxCrossEntropyWithLogits",
        [attribute.type("T", "float32"), attribute.type("Tlabels", "int32")],
        given(logits, labels),
        2,
      ),
    BiasAddGrad: ({ dy }) =>
      backend.executeSingleOutput(
        "BiasAddGrad",
        [attribute.type("T", "float32"), attribute.text("data_format", "NHWC")],
        given(dy),
      ),
    // By what the activation was given, or by what it gave.
    ...Object.fromEntries(
      ["ReluGrad", "Relu6Grad", "SoftplusGrad"].map((op): [string, Compute] => [
        op,
        ({ dy, of }) => backend.executeSingleOutput(op, [attribute.type("T", "float32")], given(dy, of)),
      ]),
    ),
    ...Object.fromEntries(
      ["SigmoidGrad", "TanhGrad"].map((op): [string, Compute] => [
        op,
        ({ dy, of }) => backend.executeSingleOutput(op, [attribute.type("T", "float32")], given(of, dy)),
      ]),
    ),
  };
  for (const [kernelName, compute] of Object.entries(kernels)) {
    if (tf.getKernel(kernelName, BACKEND) !== undefined) tf.unregisterKernel(kernelName, BACKEND);
    tf.registerKernel({
      kernelName,
      backendName: BACKEND,
      kernelFunc: ({ inputs, attrs }) => compute(inputs, (attrs ?? {}) as Readonly<Record<string, unknown>>),
    });
  }
}

function given(...inputs: readonly (Tf.TensorInfo | undefined)[]): Tf.TensorInfo[] {
  return inputs.map((input) => {
    if (input === undefined) throw new Error("an operation lacks an input");
    return input;
  });
}

/** Theirs reads all indices to look whether one is out of range, which TensorFlow does itself. */
function gather(tf: TF, backend: NodeBackend, attribute: Attributes): Compute {
  return (inputs, { axis, batchDims }) => {
    const [x, indices] = given(inputs["x"], inputs["indices"]) as [Tf.TensorInfo, Tf.TensorInfo];
    const attributes = [
      attribute.int("batch_dims", batchDims as number),
      attribute.type("Tparams", x.dtype),
      attribute.type("Tindices", indices.dtype),
      attribute.type("Taxis", "int32"),
    ];
    return tf.tidy(() =>
      backend.executeSingleOutput("GatherV2", attributes, [x, indices, tf.scalar(axis as number, "int32")]),
    );
  };
}

/** TensorFlow's own rounds otherwise in a graph than in an eager call, where oneDNN takes it over. */
function softmax(tf: TF): Compute {
  return (inputs, { dim }) =>
    tf.tidy(() => {
      const logits = inputs["logits"] as Tf.Tensor;
      const powers = tf.exp(tf.sub(logits, tf.max(logits, dim as number, true)));
      return tf.div(powers, tf.sum(powers, dim as number, true));
    });
}

/** Nothing where the shape stays. */
function reshape(tf: TF, backend: NodeBackend, attribute: Attributes): Compute {
  return (inputs, { shape }) => {
    const [x] = given(inputs["x"]) as [Tf.TensorInfo];
    const size = x.shape.reduce((all, length) => all * length, 1);
    const wanted = inferShape(shape as readonly number[], size);
    if (wanted.length === x.shape.length && wanted.every((length, axis) => length === x.shape[axis])) {
      backend.incRef(x.dataId);
      return { dataId: x.dataId, shape: wanted, dtype: x.dtype };
    }
    const attributes = [attribute.type("T", x.dtype), attribute.type("Tshape", "int32")];
    return tf.tidy(() => backend.executeSingleOutput("Reshape", attributes, [x, tf.tensor1d(wanted, "int32")]));
  };
}

/** @param shape one length may be −1, whatever is left */
function inferShape(shape: readonly number[], size: number): number[] {
  const known = shape.reduce((all, length) => (length < 0 ? all : all * length), 1);
  return shape.map((length) => (length < 0 ? size / known : length));
}

/** Of a bias of images TensorFlow knows that it is one, and has the convolution before it add it, in a graph. */
function add(backend: NodeBackend, attribute: Attributes): Compute {
  return (inputs) => {
    const [a, b] = given(inputs["a"], inputs["b"]) as [Tf.TensorInfo, Tf.TensorInfo];
    const isBias = a.shape.length === 4 && b.shape.length === 1 && b.shape[0] === a.shape[3];
    const type = attribute.type("T", a.dtype);
    return isBias && a.dtype === "float32" && b.dtype === "float32"
      ? backend.executeSingleOutput("BiasAdd", [type, attribute.text("data_format", "NHWC")], [a, b])
      : backend.executeSingleOutput("Add", [type], [a, b]);
  };
}

/** Matrices need no batch around them. */
function matMul(backend: NodeBackend, attribute: Attributes): Compute {
  return (inputs, { transposeA, transposeB }) => {
    const [a, b] = given(inputs["a"], inputs["b"]) as [Tf.TensorInfo, Tf.TensorInfo];
    const [op, first, second] =
      a.shape.length === 2 && b.shape.length === 2
        ? (["MatMul", "transpose_a", "transpose_b"] as const)
        : (["BatchMatMulV2", "adj_x", "adj_y"] as const);
    const attributes = [
      attribute.type("T", a.dtype),
      attribute.flag(first, transposeA === true),
      attribute.flag(second, transposeB === true),
    ];
    return backend.executeSingleOutput(op, attributes, [a, b]);
  };
}
