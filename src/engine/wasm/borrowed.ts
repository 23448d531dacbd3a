/** Kernels of the cpu backend, for what the wasm backend lacks; those that cost much are told. */
import type * as Tf from "@tensorflow/tfjs";

/** A kernel is told once it has taken so many milliseconds, and this part of the time since its first call. */
const MUCH_MS = 1000;
const MUCH_OF_ALL = 0.1;

export interface Borrowed {
  borrow(name: string, kernelFunc: Tf.KernelFunc): Tf.KernelFunc;
  /** @param listener gets a kernel's name, once; replaces an earlier one */
  onSlow(listener: (kernel: string) => void): void;
}

export function createBorrowed(cpu: Tf.KernelBackend, now: () => number = () => performance.now()): Borrowed {
  let tell: ((kernel: string) => void) | undefined;
  return {
    borrow(name, kernelFunc) {
      const compute = onCopies(name, kernelFunc, cpu);
      let [first, spent, isTold] = [Number.NaN, 0, false];
      return (call) => {
        const start = now();
        if (Number.isNaN(first)) first = start;
        const outputs = compute(call);
        const end = now();
        spent += end - start;
        if (!isTold && spent >= MUCH_MS && spent >= MUCH_OF_ALL * (end - first)) {
          isTold = true;
          tell?.(name);
        }
        return outputs;
      };
    },
    onSlow(listener) {
      tell = listener;
    },
  };
}

/** Runs a kernel of the cpu backend on copies of the inputs, and copies its outputs back. */
function onCopies(name: string, kernelFunc: Tf.KernelFunc, cpu: Tf.KernelBackend): Tf.KernelFunc {
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
