import assert from "node:assert/strict";
import { encodeOnnx, type OnnxModel } from "../../../../src/export/onnx/messages.ts";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import { decodeOnnx } from "./decode.ts";

const EMPTY: OnnxModel = { name: "model", nodes: [], constants: [], inputs: [], outputs: [], metadata: {} };

describe("the messages of an ONNX file", () => {
  it("hold attributes of every kind that operators have", () => {
    const attributes = {
      axis: -1,
      pads: [1, 2],
      mode: "linear",
      activations: ["Tanh", "Relu"],
      alpha: { float: 0.5 },
      scales: { floats: [0.25, 2] },
    };
    const bytes = encodeOnnx({
      ...EMPTY,
      nodes: [{ operator: "Any", name: "any", inputs: [], outputs: [], attributes }],
    });
    const [node] = decodeOnnx(bytes).graph.node;
    const text = (value: string) => Buffer.from(value);
    // Numbers of types as in AttributeProto.AttributeType of onnx.proto.
    assert.deepEqual(node?.attribute, [
      { name: "axis", type: 2, i: -1 },
      { name: "pads", type: 7, ints: [1, 2] },
      { name: "mode", type: 3, s: text("linear") },
      { name: "activations", type: 8, strings: [text("Tanh"), text("Relu")] },
      { name: "alpha", type: 1, f: 0.5 },
      { name: "scales", type: 6, floats: [0.25, 2] },
    ]);
  });

  it("have no room for 2 GiB of weights, which the error says", () => {
    const bytes = { length: 2 ** 31 } as Uint8Array;
    const constants = [{ name: "large", type: "float32", shape: [2 ** 29], bytes }] as const;
    assert.throws(
      () => encodeOnnx({ ...EMPTY, constants }),
      (error) => {
        assert.ok(error instanceof WhittleError && error.kind === "usage");
        assert.match(error.message, /2\.0 GiB/);
        return true;
      },
    );
  });
});
