import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { type StartedEngine, startEngine } from "../../../../src/engine/start.ts";
import type { OnnxGraph } from "../../../../src/layers/onnxRule.ts";
import { loadDefinition } from "../../../../src/models/load.ts";
import { EXAMPLE_IDS } from "../madeIds.ts";
import { compareInOnnxRuntime, encode } from "./compare.ts";

const FOLDER = resolve(import.meta.dirname, "../../../../examples");

describe("every example gives the same in onnxruntime", () => {
  let engine: StartedEngine;
  before(async () => {
    engine = await startEngine("wasm");
  });
  // Other suites of the process take the backend that is there.
  after(() => engine.tf.setBackend("cpu"));

  const build = async (file: string, exported: string) => {
    const definition = await loadDefinition(engine.tf, join(FOLDER, file), exported);
    return definition.build();
  };

  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".model.ts"))) {
    it(file, async () => {
      const ids = EXAMPLE_IDS[file];
      // The one number that some give may be a sum of what cancels.
      const scale = ["friedman.model.ts", "prices.model.ts"].includes(file) ? 0.1 : 0;
      await compareInOnnxRuntime(engine.tf, await build(file, "default"), { scale, ...(ids !== undefined && { ids }) });
    });
  }

  it("published.js, once its own layer says what it is", async () => {
    const model = await build("published.js", "createModel");
    await assert.rejects(encode(engine.tf, model), /"gate" \(Gate\) has no form in ONNX/);
    const toOnnx = (graph: OnnxGraph, [x = ""]: string[]) =>
      graph.add("Mul", [x, graph.add("Sigmoid", [graph.weight("strength")])]);
    Object.assign(model.getLayer("gate"), { toOnnx });
    await compareInOnnxRuntime(engine.tf, model);
  });
});
