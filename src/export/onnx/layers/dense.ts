import { z } from "zod";
import { activate } from "../activations.ts";
import type { LayerWriter } from "../layerCall.ts";

const schema = z.object({ activation: z.string() });

export const dense: LayerWriter = {
  classes: ["Dense"],
  write(call) {
    const { graph, x, plain } = call;
    const kernel = call.asIs("kernel");
    const sum = (): string => {
      if (!call.hasWeight("bias")) return graph.add("MatMul", [plain, kernel]);
      const bias = call.asIs("bias");
      // ONNX's Gemm is of matrices alone.
      if (x.shape.length === 2) return graph.add("Gemm", [plain, kernel, bias]);
      return graph.add("Add", [graph.add("MatMul", [plain, kernel]), bias]);
    };
    return activate(call, { name: sum() }, call.config(schema).activation);
  },
};
