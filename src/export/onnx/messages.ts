/** The bytes of an ONNX file, by Google's format through protobufjs. */
import protobuf from "protobufjs/light.js";
import type { OnnxAttribute, OnnxAttributes } from "../../layers/onnxRule.ts";
import { usageError } from "../../protocol/errors.ts";
import { ONNX_MESSAGES } from "./messageDefinitions.ts";

/** The meaning of operators. LayerNormalization came with 17, Mish with 18, Gelu with 20. */
const OPERATOR_SET = 20;
/** The form of the file that ONNX 1.15 brought with that set; onnxruntime reads both from 1.17 on. */
const IR_VERSION = 9;
/** A protobuf message has room for no more. */
const LARGEST_BYTES = 2 ** 31 - 1;

export type ElementType = "float32" | "float16" | "int32" | "int64" | "bool";

/** `TensorProto.DataType` */
const ELEMENT_TYPES: Readonly<Record<ElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10 };

export const elementTypeOf = (type: ElementType): number => ELEMENT_TYPES[type];

export interface OnnxNode {
  readonly operator: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: OnnxAttributes;
}

export interface OnnxConstant {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** An input or output of the model. A text among the sizes names one that is not known before it runs. */
export interface OnnxEnd {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

export interface OnnxModel {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly inputs: readonly OnnxEnd[];
  readonly outputs: readonly OnnxEnd[];
  readonly metadata: Readonly<Record<string, string>>;
}

const ModelProto = protobuf.Root.fromJSON(ONNX_MESSAGES).lookupType("onnx.ModelProto");

/** @throws WhittleError (usage) where the weights are more than a file of this form can hold */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  const size = model.constants.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (size > LARGEST_BYTES) {
    throw usageError(
      `The model's weights are ${(size / 2 ** 30).toFixed(1)} GiB, but an ONNX file holds less than 2 GiB.`,
      "Export it in another form, such as safetensors.",
    );
  }
  return ModelProto.encode(
    ModelProto.create({
      irVersion: IR_VERSION,
      opsetImport: [{ domain: "", version: OPERATOR_SET }],
      producerName: "whittle",
      graph: {
        name: model.name,
        node: model.nodes.map(({ operator, name, inputs, outputs, attributes }) => ({
          opType: operator,
          name,
          input: inputs,
          output: outputs,
          attribute: Object.entries(attributes).map(([key, value]) => ({ name: key, ...attributeOf(value) })),
        })),
        initializer: model.constants.map(({ name, type, shape, bytes }) => ({
          name,
          dataType: ELEMENT_TYPES[type],
          dims: shape,
          rawData: bytes,
        })),
        input: model.inputs.map(endOf),
        output: model.outputs.map(endOf),
      },
      metadataProps: Object.entries(model.metadata).map(([key, value]) => ({ key, value })),
    }),
  ).finish();
}

/** What a file says of itself. @throws where it is no ONNX file */
export function readOnnxMetadata(bytes: Uint8Array): Readonly<Record<string, string>> {
  const { metadataProps = [] } = ModelProto.toObject(ModelProto.decode(bytes)) as {
    readonly metadataProps?: readonly { readonly key: string; readonly value: string }[];
  };
  return Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
}

function endOf({ name, type, shape }: OnnxEnd) {
  const dim = shape.map((size) => (typeof size === "number" ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: ELEMENT_TYPES[type], shape: { dim } } } };
}

/** By `AttributeProto.AttributeType`. */
function attributeOf(value: OnnxAttribute) {
  const bytes = (text: string) => new TextEncoder().encode(text);
  if (typeof value === "number") return { type: 2, i: value };
  if (typeof value === "string") return { type: 3, s: bytes(value) };
  if (isList(value)) {
    return value.every((each) => typeof each === "string")
      ? { type: 8, strings: value.map(bytes) }
      : { type: 7, ints: value };
  }
  return "float" in value ? { type: 1, f: value.float } : { type: 6, floats: value.floats };
}

function isList(value: OnnxAttribute): value is readonly number[] | readonly string[] {
  return Array.isArray(value);
}
