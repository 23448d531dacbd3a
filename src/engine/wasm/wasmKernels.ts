/**
 * What tfjs's wasm backend lacks for training, or does slowly:
 * - products of transposed matrices take 4 times as long as transposing first: here they are transposed first;
 * - its fused product of batches adds wrong biases from the second matrix on: here those are done one step at a time;
 * - it has no gradient of a convolution's filter, and a slow one of its input: here they are convolutions themselves
 *   (convolutionGradient.ts);
 * - it has no sum by segment, which the gradient of an embedding is (segmentSum.ts);
 * - a few kernels more: they are borrowed from the cpu backend.
 */
import type * as Tf from "@tensorflow/tfjs";
import { silenceAdvice } from "../cpu.ts";
import { registerSegmentSum } from "../segmentSum.ts";
import type { TF } from "../types.ts";
import { filterGradient, inputGradient } from "./convolutionGradient.ts";

const completed = new WeakSet<object>();

/** Registers the missing kernels for the wasm backend, once. The backend has been started. */
export function completeWasmKernels(tf: TF): void {
  const backend = tf.backend();
  if (completed.has(backend)) {
    return;
  }
  completed.add(backend);
  for (const name of ["BatchMatMul", "_FusedMatMul"]) {
    transposeFirst(tf, name);
  }
  addBiasPerBatch(tf);
  register(tf, "Conv2DBackpropFilter", filterGradient(tf));
  const fasterInputGradient = inputGradient(tf);
  tf.unregisterKernel("Conv2DBackpropInput", "wasm");
  register(tf, "Conv2DBackpropInput", fasterInputGradient);
  registerSegmentSum(tf, "wasm");
  const cpu = tf.findBackend("cpu");
  silenceAdvice(cpu);
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend("cpu")) {
    if (tf.getKernel(kernelName, "wasm") === undefined) {
      register(tf, kernelName, borrow(kernelName, kernelFunc, cpu));
    }
  }
}

function register(tf: TF, kernelName: string, kernelFunc: Tf.KernelFunc): void {
  tf.registerKernel({ kernelName, backendName: "wasm", kernelFunc });
}

/** Replaces a matrix product (attributes `transposeA`, `transposeB`) by one that only ever sees plain operands. */
function transposeFirst(tf: TF, name: string): void {
  const multiply = tf.getKernel(name, "wasm").kernelFunc;
  const transpose = tf.getKernel("Transpose", "wasm").kernelFunc;
  tf.unregisterKernel(name, "wasm");
  register(tf, name, ({ inputs, attrs, backend }) => {
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
  tf.unregisterKernel("_FusedMatMul", "wasm");
  register(tf, "_FusedMatMul", (call) => {
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

/** Runs a kernel of the cpu backend on copies of the inputs, and copies its outputs back. */
function borrow(name: string, kernelFunc: Tf.KernelFunc, cpu: Tf.KernelBackend): Tf.KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const wasm = backend as Tf.KernelBackend;
    // Kernels with any number of inputs are handed an array.
    const lent = (Array.isArray(inputs) ? [] : {}) as Tf.NamedTensorInfoMap;
    const onCpu = new Set<Tf.DataId>();
    for (const [key, input] of Object.entries(inputs)) {
      if (input !== undefined) {
        const dataId = cpu.write(wasm.readSync(input.dataId), input.shape, input.dtype) as Tf.DataId;
        onCpu.add(dataId);
        lent[key] = { dataId, shape: input.shape, dtype: input.dtype };
      }
    }
    const takeBack = (output: Tf.TensorInfo): Tf.TensorInfo => {
      onCpu.add(output.dataId);
      if (output.dtype === "complex64") {
        throw new Error(
          `${name} makes complex numbers, which the wasm engine does not know: use --engine native or cpu.`,
        );
      }
      const dataId = wasm.write(cpu.readSync(output.dataId), output.shape, output.dtype) as Tf.DataId;
      return { dataId, shape: output.shape, dtype: output.dtype };
    };
    try {
      const outputs = kernelFunc({ inputs: lent, backend: cpu, ...(attrs && { attrs }) });
      return Array.isArray(outputs) ? outputs.map(takeBack) : takeBack(outputs);
    } finally {
      for (const dataId of onCpu) {
        cpu.disposeData(dataId, true);
      }
    }
  };
}
