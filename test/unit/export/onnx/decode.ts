import protobuf from "protobufjs/light.js";
import { ONNX_MESSAGES } from "../../../../src/export/onnx/messageDefinitions.ts";

interface End {
  readonly name: string;
  readonly type: { readonly tensorType: { readonly elemType: number; readonly shape: { readonly dim: unknown[] } } };
}

export interface OnnxFile {
  readonly opsetImport: unknown[];
  readonly metadataProps: unknown[];
  readonly graph: {
    readonly node: { readonly opType: string; readonly attribute?: unknown[] }[];
    readonly initializer: { readonly name: string }[];
    readonly input: End[];
    readonly output: End[];
  };
}

export function decodeOnnx(bytes: Uint8Array): OnnxFile {
  const ModelProto = protobuf.Root.fromJSON(ONNX_MESSAGES).lookupType("onnx.ModelProto");
  return ModelProto.toObject(ModelProto.decode(bytes), { longs: Number }) as OnnxFile;
}
