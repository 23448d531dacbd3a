/**
 * src/export/onnx/messageDefinitions.ts: those of ONNX's message definitions that Whittle writes, from the onnx.proto of the
 * package onnx on PyPI: `node scripts/onnxMessages.mjs ONNX_PROTO VERSION`, then `npm run format`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import protobuf from "protobufjs";

const [file, version] = process.argv.slice(2);
const WRITTEN = {
  ModelProto: ["irVersion", "opsetImport", "producerName", "producerVersion", "graph", "metadataProps"],
  OperatorSetIdProto: ["domain", "version"],
  StringStringEntryProto: ["key", "value"],
  GraphProto: ["node", "name", "initializer", "input", "output"],
  NodeProto: ["input", "output", "name", "opType", "attribute"],
  AttributeProto: ["name", "type", "f", "i", "s", "floats", "ints", "strings"],
  TensorProto: ["dims", "dataType", "name", "rawData"],
  ValueInfoProto: ["name", "type"],
  TypeProto: ["tensorType"],
  TensorShapeProto: ["dim"],
};

const { nested: all } = protobuf.parse(readFileSync(file, "utf8")).root.lookup("onnx").toJSON();
const nested = Object.fromEntries(
  Object.entries(WRITTEN).map(([name, fields]) => [name, { ...keep(all[name], fields), ...keepInner(all[name]) }]),
);
writeFileSync(
  new URL("../src/export/onnx/messageDefinitions.ts", import.meta.url),
  `/**
 * Those of ONNX's message definitions that Whittle writes, as protobufjs reads them: from onnx.proto of ONNX ${version},
 * SPDX-License-Identifier: Apache-2.0, Copyright (c) ONNX Project Contributors. Made by scripts/onnxMessages.mjs.
 */
export const ONNX_MESSAGES = ${JSON.stringify({ nested: { onnx: { nested } } })};
`,
);

function keep({ edition, fields: all }, names) {
  const fields = Object.fromEntries(
    names.map((name) => {
      const { rule, type, id, options } = all[name];
      return [name, { ...(rule ? { rule } : {}), type, id, ...(options ? { options } : {}) }];
    }),
  );
  return { ...(edition ? { edition } : {}), fields };
}

function keepInner({ nested: inner = {} }) {
  const kept = {
    ...(inner.AttributeType && { AttributeType: inner.AttributeType }),
    ...(inner.DataType && { DataType: inner.DataType }),
    ...(inner.Tensor && { Tensor: keep(inner.Tensor, ["elemType", "shape"]) }),
    ...(inner.Dimension && { Dimension: keep(inner.Dimension, ["dimValue", "dimParam"]) }),
  };
  return Object.keys(kept).length > 0 ? { nested: kept } : {};
}
