/**
 * A program as a SavedModel, the one form of a graph that tfjs-node's addon loads. Written with TensorFlow's own message
 * definitions, which tfjs-node carries (api.proto, for reading such files), through Google's protobuf library.
 */
import messages from "@tensorflow/tfjs-node/dist/proto/api_pb.js";
import type { TFEOpAttr, TFJSBinding } from "@tensorflow/tfjs-node/dist/tfjs_binding.js";
import type { GraphNode } from "./nodes.ts";

/** Version of the graph's meaning, as TensorFlow 2.15 writes it: older ones lack operations or mean others by them. */
const GRAPH_VERSION = 1482;
/** What a model is loaded by. */
export const TAG = "serve";

/** @returns the bytes of a `saved_model.pb` */
export function encodeSavedModel(binding: TFJSBinding, nodes: readonly GraphNode[]): Uint8Array {
  const graph = new messages.GraphDef();
  graph.setNodeList(nodes.map((node) => nodeOf(binding, node)));
  const versions = new messages.VersionDef();
  versions.setProducer(GRAPH_VERSION);
  graph.setVersions(versions);
  const info = new messages.MetaGraphDef.MetaInfoDef();
  info.setTagsList([TAG]);
  const meta = new messages.MetaGraphDef();
  meta.setMetaInfoDef(info);
  meta.setGraphDef(graph);
  const saved = new messages.SavedModel();
  saved.setSavedModelSchemaVersion(1);
  saved.setMetaGraphsList([meta]);
  return saved.serializeBinary();
}

function nodeOf(binding: TFJSBinding, node: GraphNode): messages.NodeDef {
  const message = new messages.NodeDef();
  message.setName(node.name);
  const attributes = message.getAttrMap();
  if (node.kind === "operation") {
    message.setOp(node.op);
    message.setInputList([...node.inputs]);
    for (const attribute of node.attributes) attributes.set(attribute.name, attributeOf(binding, attribute));
    return message;
  }
  const type = new messages.AttrValue();
  type.setType(node.dtype);
  attributes.set("dtype", type);
  const value = new messages.AttrValue();
  if (node.kind === "placeholder") {
    message.setOp("Placeholder");
    value.setShape(shapeOf(node.shape));
    attributes.set("shape", value);
    return message;
  }
  message.setOp("Const");
  const tensor = new messages.Tensor();
  tensor.setDtype(node.dtype);
  tensor.setTensorShape(shapeOf(node.shape));
  tensor.setTensorContent(node.content);
  value.setTensor(tensor);
  attributes.set("value", value);
  return message;
}

function shapeOf(shape: readonly number[]): messages.TensorShape {
  const message = new messages.TensorShape();
  message.setDimList(
    shape.map((size) => {
      const dim = new messages.TensorShape.Dim();
      dim.setSize(size);
      return dim;
    }),
  );
  return message;
}

/** By the kinds of attributes that tfjs-node's kernels give. */
function attributeOf(binding: TFJSBinding, { name, type, value }: TFEOpAttr): messages.AttrValue {
  const message = new messages.AttrValue();
  const list = Array.isArray(value) ? new messages.AttrValue.ListValue() : undefined;
  if (type === binding.TF_ATTR_TYPE) {
    if (list) list.setTypeList(value as number[]);
    else message.setType(value as number);
  } else if (type === binding.TF_ATTR_INT) {
    if (list) list.setIList(value as number[]);
    else message.setI(value as number);
  } else if (type === binding.TF_ATTR_FLOAT) {
    if (list) list.setFList(value as number[]);
    else message.setF(value as number);
  } else if (type === binding.TF_ATTR_BOOL) {
    message.setB(Boolean(value));
  } else if (type === binding.TF_ATTR_STRING) {
    message.setS(new TextEncoder().encode(String(value)));
  } else if (type === binding.TF_ATTR_SHAPE) {
    message.setShape(shapeOf(value as number[]));
    return message;
  } else {
    throw new Error(`attribute ${name} is of a kind that graphs do not have`);
  }
  if (list) message.setList(list);
  return message;
}
