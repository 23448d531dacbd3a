import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as Tf from "@tensorflow/tfjs";
import { loadEngine } from "../../../../src/engine/load.ts";
import type { TF } from "../../../../src/engine/types.ts";
import { onnx } from "../../../../src/export/onnx/onnx.ts";
import { formatOfFile } from "../../../../src/export/readers/index.ts";
import { onnxReader } from "../../../../src/export/readers/onnx.ts";
import { predictValues } from "../../../../src/export/readers/predict.ts";
import type { Values } from "../../../../src/export/readers/reader.ts";
import { safetensorsReader } from "../../../../src/export/readers/safetensors.ts";
import { tfjsReader } from "../../../../src/export/readers/tfjs.ts";
import { safetensors } from "../../../../src/export/safetensors.ts";
import { tfjs } from "../../../../src/export/tfjs.ts";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import { encodeSafetensors } from "../../../../src/runs/checkpoint/safetensors.ts";
import { asExported, sampleModels } from "../exportedModel.ts";

describe("readers of exported files", () => {
  let tf: TF;
  let dir: string;
  before(async () => {
    ({ tf } = await loadEngine("cpu"));
    dir = mkdtempSync(join(tmpdir(), "whittle-readers-"));
  });
  after(() => rmSync(dir, { recursive: true }));

  function inputsOf(model: Tf.LayersModel, count: number): Values[] {
    return model.inputs.map(({ shape }, at) => {
      const whole = [count, ...(shape.slice(1) as number[])];
      const size = whole.reduce((product, length) => product * length, 1);
      return {
        name: model.inputNames[at] ?? "",
        shape: whole,
        values: Float32Array.from({ length: size }, (_, index) => index % 7),
      };
    });
  }

  const put = (path: string, files: ReadonlyMap<string, Uint8Array>): string => {
    const folder = join(dir, path);
    mkdirSync(folder, { recursive: true });
    for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
    return folder;
  };

  it("give what the model gives, by TensorFlow.js and by the weights alone", async () => {
    for (const [kind, model] of Object.entries(sampleModels(tf))) {
      const exported = asExported(tf, model);
      const folder = put(kind, new Map([...(await tfjs.encode(exported)), ...(await safetensors.encode(exported))]));
      const inputs = inputsOf(model, 230);
      const expected = predictValues(tf, model, inputs);
      assert.deepEqual(
        expected.map(({ shape }) => shape[0]),
        model.outputs.map(() => 230),
      );
      const byTfjs = await tfjsReader.run(folder, inputs, { tf, compact: model });
      assert.deepEqual(
        [byTfjs.reader, byTfjs.outputs.map(({ values }) => values)],
        ["TensorFlow.js 4.22.0", expected.map(({ values }) => values)],
      );
      // The network is another one of the same shapes: what it gives comes from the file.
      const blank = sampleModels(tf)[kind];
      assert.ok(blank);
      const before = predictValues(tf, blank, inputs);
      const file = join(folder, "weights.safetensors");
      const byWeights = await safetensorsReader.run(file, inputs, { tf, compact: blank });
      const values = byWeights.outputs.map((output) => output.values);
      assert.deepEqual(
        values,
        expected.map((output) => output.values),
        kind,
      );
      assert.deepEqual(predictValues(tf, blank, inputs), before, "the network is left as it was");
    }
  });

  it("give what the model gives, but for rounding, by onnxruntime", async () => {
    for (const [kind, model] of Object.entries(sampleModels(tf))) {
      const exported = asExported(tf, model);
      const file = join(put(`${kind}-onnx`, await onnx.encode(exported)), "model.onnx");
      const inputs = inputsOf(model, 230);
      const { reader, outputs } = await onnxReader.run(file, inputs, { tf, compact: model });
      assert.match(reader, /^onnxruntime-node \d/);
      for (const [at, { shape, values }] of predictValues(tf, model, inputs).entries()) {
        assert.deepEqual(outputs[at]?.shape, shape);
        const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        for (const [place, value] of values.entries()) {
          assert.ok(Math.abs(value - (outputs[at]?.values[place] ?? Number.NaN)) <= 1e-5 * largest, `${kind} ${place}`);
        }
      }
    }
  });

  it("refuse what is damaged, and what is of another network", async () => {
    const { dense: model } = sampleModels(tf);
    assert.ok(model);
    const context = { tf, compact: model };
    const files = await tfjs.encode(asExported(tf, model));
    const cut = put("cut", new Map([...files, ["weights.bin", new Uint8Array(4)]]));
    await assert.rejects(tfjsReader.run(cut, inputsOf(model, 1), context), (error) => error instanceof WhittleError);
    const text = Buffer.from(files.get("model.json") ?? []).toString();
    writeFileSync(join(dir, "secret.bin"), new Uint8Array(1000));
    const outside = put(
      "outside",
      new Map([["model.json", Buffer.from(text.replace('"weights.bin"', '"../secret.bin"'))]]),
    );
    await assert.rejects(tfjsReader.run(outside, inputsOf(model, 1), context), /names weights outside of it/);

    const tensor = (length: number) => ({ shape: [length], values: new Float32Array(length) });
    const write = (name: string, tensors: Record<string, ReturnType<typeof tensor>>): string => {
      const file = join(dir, `${name}.safetensors`);
      writeFileSync(
        file,
        Buffer.concat(encodeSafetensors({ tensors: new Map(Object.entries(tensors)), metadata: {} })),
      );
      return file;
    };
    const run = (file: string) => safetensorsReader.run(file, inputsOf(model, 1), context);
    await assert.rejects(run(write("missing", {})), /is not of this run: fc1\/kernel \[4, 5\] is missing/);
    await assert.rejects(run(write("shape", { "fc1/kernel": tensor(20) })), /fc1\/kernel \[4, 5\] has shape \[20\]/);
    const broken = join(dir, "broken.safetensors");
    writeFileSync(broken, "no header");
    await assert.rejects(run(broken), /is no whole safetensors file/);
  });

  it("are chosen by what the file is called", async () => {
    const name = (ending: string): string => {
      const file = join(dir, `model.${ending}`);
      writeFileSync(file, "");
      return file;
    };
    for (const [ending, format] of Object.entries({
      onnx: "onnx",
      keras: "keras",
      h5: "h5",
      npz: "masks",
      json: "tfjs",
    })) {
      assert.equal(await formatOfFile(name(ending)), format);
    }
    assert.equal(await formatOfFile(dir), "tfjs");
    await assert.rejects(formatOfFile(name("bin")), /is none of the forms/);
    await assert.rejects(formatOfFile(join(dir, "nothing.onnx")), /There is no file/);
  });
});
