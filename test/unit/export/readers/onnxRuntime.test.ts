import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeOnnx } from "../../../../src/export/onnx/messages.ts";
import { openOnnx } from "../../../../src/export/readers/onnxRuntime.ts";
import { WhittleError } from "../../../../src/protocol/errors.ts";

const REPOSITORY = join(import.meta.dirname, "../../../..");

describe("ONNX files in onnxruntime", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "whittle-onnx-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const twice = encodeOnnx({
    name: "twice",
    nodes: [{ operator: "Add", name: "sum", inputs: ["x", "x"], outputs: ["y"], attributes: {} }],
    constants: [],
    inputs: [{ name: "x", type: "int32", shape: ["batch", 2] }],
    outputs: [{ name: "y", type: "int32", shape: ["batch", 2] }],
    metadata: {},
  });

  it("are run from a path or from what is in them, with the package of the first folder that has one", async () => {
    const file = join(folder, "twice.onnx");
    writeFileSync(file, twice);
    for (const model of [file, twice]) {
      const session = await openOnnx(model, [folder, REPOSITORY]);
      assert.deepEqual([session.inputs, session.outputs], [[{ name: "x", dtype: "int32" }], ["y"]]);
      assert.match(session.version, /^\d+\.\d+\.\d+/);
      const x = { shape: [2, 2], dtype: "int32", values: Int32Array.of(1, 2, 3, 4) } as const;
      const given = await session.run(new Map([["x", x]]));
      assert.deepEqual([...given], [["y", { ...x, values: Int32Array.of(2, 4, 6, 8) }]]);
      await session.close();
    }
  });

  const isUsage = (message: RegExp, remedy: RegExp) => (error: unknown) => {
    assert.ok(error instanceof WhittleError && error.kind === "usage");
    assert.match(error.message, message);
    assert.match(error.remedy, remedy);
    return true;
  };

  it("need the package, which the error says how to install", () =>
    assert.rejects(
      openOnnx(twice, [folder]),
      isUsage(/^onnxruntime-node is not installed in .*whittle-onnx-/, /npm install onnxruntime-node/),
    ));

  it("are refused in one sentence where they are something else", async () => {
    const file = join(folder, "other.onnx");
    writeFileSync(file, "no model");
    await assert.rejects(
      openOnnx(file, [REPOSITORY]),
      isUsage(/other\.onnx cannot be read by onnxruntime-node/, /again/),
    );
    await assert.rejects(
      openOnnx(twice.subarray(0, 40), [REPOSITORY]),
      isUsage(/^The ONNX model cannot be read/, /again/),
    );
  });
});
