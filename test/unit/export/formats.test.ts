import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as Tf from "@tensorflow/tfjs";
import { unzipSync } from "fflate";
import { loadEngine } from "../../../src/engine/load.ts";
import type { TF } from "../../../src/engine/types.ts";
import { masks } from "../../../src/export/masks.ts";
import { safetensors } from "../../../src/export/safetensors.ts";
import { tfjs, tfjsFloat16 } from "../../../src/export/tfjs.ts";
import { nameWeights } from "../../../src/models/weightNames.ts";
import { WhittleError } from "../../../src/protocol/errors.ts";
import { asExported, sampleModels } from "./exportedModel.ts";

interface Reference {
  readonly masks: readonly { readonly shape: number[]; readonly values: number[]; readonly saved: string }[];
}

/** What numpy.save writes. */
const NUMPY = JSON.parse(readFileSync(join(import.meta.dirname, "../../reference/npy.json"), "utf8")) as Reference;

describe("forms of exported models", () => {
  let tf: TF;
  before(async () => {
    ({ tf } = await loadEngine("cpu"));
  });

  async function encodeOne(format: typeof safetensors, model: Tf.LayersModel): Promise<Buffer> {
    const files = [...(await format.encode(asExported(tf, model))).values()];
    assert.equal(files.length, 1);
    return Buffer.from(files[0] ?? []);
  }

  describe("tfjs", () => {
    it("is opened by tf.loadLayersModel and gives the same", async () => {
      for (const [kind, model] of Object.entries(sampleModels(tf))) {
        const files = await tfjs.encode(asExported(tf, model));
        assert.deepEqual([...files.keys()], ["model.json", "weights.bin"]);
        const json = JSON.parse(Buffer.from(files.get("model.json") ?? []).toString()) as Tf.io.ModelJSON;
        assert.deepEqual(json.userDefinedMetadata, { producer: "whittle", run: "r1" });
        assert.deepEqual(json.weightsManifest[0]?.paths, ["weights.bin"]);
        const read = await tf.loadLayersModel(
          tf.io.fromMemory({
            modelTopology: json.modelTopology,
            weightSpecs: json.weightsManifest[0]?.weights ?? [],
            weightData: Uint8Array.from(files.get("weights.bin") ?? []).buffer,
          }),
        );
        const inputs = model.inputs.map(({ shape }) =>
          tf.randomUniform([7, ...(shape.slice(1) as number[])], 0, 8, "float32", 5).floor(),
        );
        const [expected, got] = [model, read].map((each) =>
          [each.predict(inputs)].flat().map((output) => [...output.dataSync()]),
        );
        assert.deepEqual(got, expected, kind);
        assert.ok(expected?.flat().some((value) => value !== 0));
      }
    });

    it("has weights of 16 bits in half the size, each rounded to the nearest, but for those too large for that", async () => {
      const { dense: model } = sampleModels(tf);
      assert.ok(model);
      const exported = asExported(tf, model);
      const [bias] = [...nameWeights(model)].filter(([, name]) => name === "fc1/bias");
      assert.ok(bias);
      (bias[0].read() as Tf.Variable).assign(tf.tensor1d([1, 70_000, 1e-7, -2, 0.1]));
      const files = await tfjsFloat16.encode(exported);
      const json = JSON.parse(Buffer.from(files.get("model.json") ?? []).toString()) as Tf.io.ModelJSON;
      assert.deepEqual(json.userDefinedMetadata, { producer: "whittle", run: "r1", weights: "float16" });
      const data = Uint8Array.from(files.get("weights.bin") ?? []);
      assert.equal(data.length, 2 * (4 * 5 + 5 * 3 + 3) + 4 * 5);
      const weightSpecs = json.weightsManifest[0]?.weights ?? [];
      const read = await tf.loadLayersModel(
        tf.io.fromMemory({ modelTopology: json.modelTopology, weightSpecs, weightData: data.buffer }),
      );
      for (const [at, weight] of model.weights.entries()) {
        const found = read.weights[at]?.read().dataSync() ?? [];
        for (const [index, value] of Float32Array.from(weight.read().dataSync()).entries()) {
          const limit = weight === bias[0] ? 0 : Math.abs(value) * 2 ** -11;
          assert.ok(Math.abs((found[index] ?? Number.NaN) - value) <= limit, `${value} ${found[index]}`);
        }
      }
    });

    it("names the layer whose class or activation nobody finds, and weights of one name", async () => {
      class Unregistered extends tf.layers.Layer {
        static readonly className = "Unregistered";
      }
      const own = tf.sequential({ layers: [new Unregistered({ name: "mine", inputShape: [2] })] });
      await assert.rejects(
        tfjs.encode(asExported(tf, own)),
        (error) =>
          error instanceof WhittleError &&
          /layer mine is of a class Unregistered/.test(error.message) &&
          /registerClass\(Unregistered\)/.test(error.remedy),
      );
      const activated = (activation: "gelu_new" | "hardSigmoid") =>
        tf.sequential({ layers: [tf.layers.dense({ units: 1, activation, inputShape: [2], name: "fc" })] });
      // A chain has no place for what gelu_new would be made of.
      await assert.rejects(tfjs.encode(asExported(tf, activated("gelu_new"))), /layer fc has the activation gelu_new/);
      await tfjs.encode(asExported(tf, activated("hardSigmoid")));
      const parts = [1, 2].map(() =>
        tf.sequential({ layers: [tf.layers.dense({ units: 2, name: "fc", inputShape: [2] })] }),
      );
      const nested = tf.sequential({ layers: parts });
      await assert.rejects(tfjs.encode(asExported(tf, nested)), /Two weights of the model are called fc\/kernel/);
    });
  });

  it("safetensors has every weight as float32, and masks and shapes beside them", async () => {
    const { convolutional: model } = sampleModels(tf);
    assert.ok(model);
    const bytes = await encodeOne(safetensors, model);
    // The format: a length, a header of that length, values.
    const start = 8 + Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString("utf8", 8, start));
    const { __metadata__: metadata, ...tensors } = header;
    const names = [...nameWeights(model)];
    assert.deepEqual(Object.keys(tensors).sort(), names.map(([, name]) => name).sort());
    assert.ok(Object.keys(tensors).includes("norm/moving_variance"));
    for (const [weight, name] of names) {
      const { dtype, shape, data_offsets: offsets } = tensors[name];
      assert.deepEqual([dtype, shape], ["F32", weight.shape]);
      const values = new Float32Array(Uint8Array.from(bytes.subarray(start + offsets[0], start + offsets[1])).buffer);
      assert.deepEqual(values, Float32Array.from(weight.read().dataSync()));
    }
    assert.deepEqual(metadata.run, "r1");
    assert.deepEqual(JSON.parse(metadata.originalShapes)["conv/kernel"], [3, 3, 3, 4]);
    const packed = Buffer.from(JSON.parse(metadata.masks)["out/kernel"], "base64");
    // 8 weights, of which the 1st, 4th and 7th are pruned: as numpy.packbits puts them, the first one highest.
    assert.deepEqual([...packed], [0b01101101]);
  });

  it("masks are what numpy.savez would write", async () => {
    class Holder extends tf.layers.Layer {
      static readonly className = "Holder";
      constructor(private readonly shape: number[]) {
        super({ name: "fc" });
      }
      override build(): void {
        for (const name of ["kernel", "bias"]) this.addWeight(name, this.shape, "float32", tf.initializers.zeros());
        this.built = true;
      }
    }
    for (const { shape, values, saved } of NUMPY.masks) {
      const input = tf.input({ shape: [1] });
      const output = new Holder(shape).apply(input) as Tf.SymbolicTensor;
      const model = tf.model({ inputs: input, outputs: output });
      const exported = asExported(tf, model);
      const original = { model, masks: new Map([["fc/kernel", Float32Array.from(values)]]) };
      const [file] = (await masks.encode({ ...exported, original })).values();
      const unzipped = unzipSync(file ?? new Uint8Array());
      assert.deepEqual(Object.keys(unzipped), ["fc/kernel.npy"], "a bias could not be pruned");
      assert.equal(Buffer.from(unzipped["fc/kernel.npy"] ?? []).toString("hex"), saved);
    }
  });
});
