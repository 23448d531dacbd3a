/**
 * What tfjs's wasm backend lacks for training, or does slowly:
 * - products of transposed matrices take 4 times as long as transposing first: here they are transposed first;
 * - its fused product of batches adds wrong biases from the second matrix on: here those are done one step at a time;
 * - it has no gradient of a convolution's filter, and a slow one of its input: here they are convolutions themselves
 *   (convolutionGradient.ts);
 * - convolutions of volumes and their gradients become convolutions of images (convolution3d.ts);
 * - it has no gradient of a depthwise convolution and of max pooling (depthwiseGradient.ts, maxPoolGradient.ts);
 * - it has no sum by segment, which the gradient of an embedding is (segmentSum.ts), and looks up rows number by number
 *   (gatherRows.ts); a sum over the first axes turns the tensor around before (sumOfRows.ts), and comparisons of different shapes go number by number
 *   (comparisons.ts);
 * - a few kernels more: they are borrowed from the cpu backend, and which of them take long is told.
 */
import type * as Tf from "@tensorflow/tfjs";
import { silenceAdvice } from "../cpu.ts";
import { registerSegmentSum } from "../segmentSum.ts";
import type { TF } from "../types.ts";
import { type Borrowed, createBorrowed } from "./borrowed.ts";
import { COMPARISONS, spreadFirst } from "./comparisons.ts";
import { convolution3d, filterGradient3d, inputGradient3d } from "./convolution3d.ts";
import { filterGradient, inputGradient } from "./convolutionGradient.ts";
import { depthwiseFilterGradient, depthwiseInputGradient } from "./depthwiseGradient.ts";
import { gatherRows } from "./gatherRows.ts";
import { maxPoolGradient } from "./maxPoolGradient.ts";
import { sumOfRows } from "./sumOfRows.ts";

const completed = new WeakMap<object, Borrowed>();

/** Registers the missing kernels for the wasm backend, once. The backend has been started. */
export function completeWasmKernels(tf: TF): Borrowed {
  const backend = tf.backend();
  const before = completed.get(backend);
  if (before !== undefined) return before;
  for (const name of ["BatchMatMul", "_FusedMatMul"]) {
    transposeFirst(tf, name);
  }
  addBiasPerBatch(tf);
  replace(tf, "Conv2DBackpropFilter", filterGradient(tf));
  replace(tf, "Conv2DBackpropInput", inputGradient(tf));
  replace(tf, "Conv3DBackpropInputV2", inputGradient3d(tf));
  replace(tf, "Conv3DBackpropFilterV2", filterGradient3d(tf));
  replace(tf, "Conv3D", convolution3d(tf));
  replace(tf, "DepthwiseConv2dNativeBackpropFilter", depthwiseFilterGradient(tf));
  replace(tf, "DepthwiseConv2dNativeBackpropInput", depthwiseInputGradient(tf));
  replace(tf, "MaxPoolGrad", maxPoolGradient(tf));
  for (const name of COMPARISONS) replace(tf, name, spreadFirst(tf, name));
  replace(tf, "Sum", sumOfRows(tf.getKernel("Sum", "wasm").kernelFunc));
  replace(tf, "GatherV2", gatherRows(tf.getKernel("GatherV2", "wasm").kernelFunc));
  registerSegmentSum(tf, "wasm");
  const cpu = tf.findBackend("cpu");
  silenceAdvice(cpu);
  const borrowed = createBorrowed(cpu);
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend("cpu")) {
    if (tf.getKernel(kernelName, "wasm") === undefined) {
      register(tf, kernelName, borrowed.borrow(kernelName, kernelFunc));
    }
  }
  completed.set(backend, borrowed);
  return borrowed;
}

function register(tf: TF, kernelName: string, kernelFunc: Tf.KernelFunc): void {
  tf.registerKernel({ kernelName, backendName: "wasm", kernelFunc });
}

function replace(tf: TF, kernelName: string, kernelFunc: Tf.KernelFunc): void {
  if (tf.getKernel(kernelName, "wasm") !== undefined) tf.unregisterKernel(kernelName, "wasm");
  register(tf, kernelName, kernelFunc);
}

/** Replaces a matrix product (attributes `transposeA`, `transposeB`) by one that only ever sees plain operands. */
function transposeFirst(tf: TF, name: string): void {
  const multiply = tf.getKernel(name, "wasm").kernelFunc;
  const transpose = tf.getKernel("Transpose", "wasm").kernelFunc;
  replace(tf, name, ({ inputs, attrs, backend }) => {
    const kernelBackend = backend as Tf.KernelBackend;
    const plainInputs = { ...inputs };
    const made: Tf.TensorInfo[] = [];
    for (const [operand, flag] of [
      ["a", "transposeA"],
      ["b", "transposeB"],
    ] as const) {
      const matrix = inputs[operand];
      if (attrs?.[flag] && matrix !== undefined) {
        const perm = swapLastTwo(matrix.shape.length);
        const plain = transpose({ inputs: { x: matrix }, attrs: { perm }, backend }) as Tf.TensorInfo;
        made.push(plain);
        plainInputs[operand] = plain;
      }
    }
    const product = multiply({
      inputs: plainInputs,
      attrs: { ...attrs, transposeA: false, transposeB: false },
      backend,
    });
    for (const plain of made) {
      kernelBackend.disposeData(plain.dataId);
    }
    return product;
  });
}

/** Kernel for each activation of a fused product; `linear` has none. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  relu: "Relu",
  relu6: "Relu6",
  elu: "Elu",
  sigmoid: "Sigmoid",
  prelu: "Prelu",
  leakyrelu: "LeakyRelu",
};

/** Does a fused product of several matrices as product, sum and activation. */
function addBiasPerBatch(tf: TF): void {
  const fused = tf.getKernel("_FusedMatMul", "wasm").kernelFunc;
  replace(tf, "_FusedMatMul", (call) => {
    const { inputs, attrs, backend } = call;
    const { a, b, bias, preluActivationWeights } = inputs;
    const isBatch = (a?.shape[0] ?? 1) > 1 || (b?.shape[0] ?? 1) > 1;
    if (a === undefined || b === undefined || bias === undefined || !isBatch) {
      return fused(call);
    }
    const { leakyreluAlpha, ...others } = attrs ?? {};
    const stepAttrs: Tf.NamedAttrMap = { ...others, ...(leakyreluAlpha !== undefined && { alpha: leakyreluAlpha }) };
    const run = (name: string, stepInputs: Tf.NamedTensorInfoMap) =>
      tf.getKernel(name, "wasm").kernelFunc({ inputs: stepInputs, attrs: stepAttrs, backend }) as Tf.TensorInfo;
    const steps = [run("BatchMatMul", { a, b })];
    steps.unshift(run("Add", { a: steps[0], b: bias }));
    const activation = ACTIVATIONS[String(attrs?.["activation"])];
    if (activation !== undefined) {
      steps.unshift(run(activation, { x: steps[0], alpha: preluActivationWeights }));
    }
    const [last, ...earlier] = steps;
    for (const step of earlier) {
      (backend as Tf.KernelBackend).disposeData(step.dataId);
    }
    return last as Tf.TensorInfo;
  });
}

function swapLastTwo(rank: number): number[] {
  const perm = Array.from(Array(rank).keys());
  return [...perm.slice(0, -2), rank - 1, rank - 2];
}
