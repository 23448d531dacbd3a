/** An ONNX file, run by the onnxruntime-node that is installed where Whittle was started. */
import { readFile } from "node:fs/promises";
import { saysFloat16 } from "../float16.ts";
import { readOnnxMetadata } from "../onnx/messages.ts";
import { type OnnxTensor, openOnnx } from "./onnxRuntime.ts";
import type { ModelReader, Values } from "./reader.ts";

export const onnxReader: ModelReader = {
  format: "onnx",
  async run(file, inputs) {
    const session = await openOnnx(file);
    try {
      const given = session.inputs.flatMap(({ name, dtype }, at) => {
        const input = inputs[at];
        return input === undefined ? [] : [[name, tensorOf(input, dtype)] as const];
      });
      const outputs = await session.run(new Map(given));
      return {
        reader: `onnxruntime-node ${session.version}`,
        isFloat16: saysFloat16(readOnnxMetadata(await readFile(file))),
        outputs: session.outputs.map((name) => {
          const { shape = [], values = [] } = outputs.get(name) ?? {};
          return { name, shape, values: Float32Array.from(values) };
        }),
      };
    } finally {
      await session.close();
    }
  },
};

function tensorOf({ shape, values }: Values, dtype: OnnxTensor["dtype"]): OnnxTensor {
  if (dtype === "int32") return { shape, dtype, values: Int32Array.from(values) };
  return dtype === "bool" ? { shape, dtype, values: Uint8Array.from(values) } : { shape, dtype, values };
}
