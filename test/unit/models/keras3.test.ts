/** Models of Keras 3 against Keras's own outputs (test/reference/make_keras3.py), and what is said of those not read. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { translateKeras3 } from "../../../src/models/keras3/translate.ts";
import { loadDefinition } from "../../../src/models/load.ts";
import { scanDefinitions } from "../../../src/models/scan/scan.ts";
import { WhittleError } from "../../../src/protocol/errors.ts";

interface Stored {
  readonly shape: number[];
  readonly values: number[];
}
interface Converted {
  readonly model: { readonly modelTopology: unknown };
  readonly weights: string;
}
type Json = Record<string, unknown>;
interface Case {
  readonly name: string;
  readonly h5: Converted;
  readonly keras: Converted;
  readonly json: Json;
  readonly inputs: readonly Stored[];
  readonly outputs: readonly Stored[];
}

const { cases, refused } = JSON.parse(
  readFileSync(new URL("../../reference/keras3.json", import.meta.url), "utf8"),
) as { readonly cases: readonly Case[]; readonly refused: Readonly<Record<string, Json>> };

function caseOf(name: string): Case {
  const found = cases.find((each) => each.name === name);
  assert.ok(found, `keras3.json has no ${name}`);
  return found;
}

describe("model.json of Keras 3", () => {
  let folder: string;
  let file: string;

  before(() => tf.setBackend("cpu"));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "whittle-keras3-"));
    file = join(folder, "model.json");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    tf.disposeVariables();
  });

  const load = async (value: unknown): Promise<tf.LayersModel> => {
    writeFileSync(file, typeof value === "string" ? value : JSON.stringify(value));
    return (await loadDefinition(tf, file, "default")).build();
  };
  const loadConverted = ({ model, weights }: Converted): Promise<tf.LayersModel> => {
    writeFileSync(join(folder, "weights.bin"), Buffer.from(weights, "base64"));
    return load(model);
  };
  const refusal = async (value: unknown): Promise<WhittleError> => {
    const error: unknown = await load(value).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof WhittleError, `gave ${String(error)}`);
    assert.ok(error.message.includes(file), error.message);
    assert.notEqual(error.remedy, "");
    return error;
  };

  for (const { name, h5, keras, json, inputs, outputs } of cases) {
    for (const [source, converted] of [
      [".h5", h5],
      [".keras", keras],
    ] as const) {
      it(`${name}, converted from ${source}, computes what Keras computes`, async () => {
        const model = await loadConverted(converted);
        const given = inputs.map(({ values, shape }) => tf.tensor(values, shape));
        const got = [model.predict(given.length === 1 && given[0] ? given[0] : given)].flat();
        assert.deepEqual(
          got.map(({ shape }) => shape),
          outputs.map(({ shape }) => shape),
        );
        for (const [index, tensor] of got.entries()) {
          const wanted = outputs[index]?.values ?? [];
          const worst = Math.max(...[...tensor.dataSync()].map((value, at) => Math.abs(value - (wanted[at] ?? NaN))));
          assert.ok(worst <= 1e-5, `output ${index} is off by ${worst}`);
        }
      });
    }

    it(`${name} is read from what to_json() gives, without weights`, async () => {
      const wanted = await loadConverted(h5);
      const shapes = (model: tf.LayersModel) => model.weights.map(({ originalName, shape }) => [originalName, shape]);
      assert.deepEqual(shapes(await load(json)), shapes(wanted));
      assert.deepEqual(shapes(await load({ modelTopology: json })), shapes(wanted));
    });

    it(`${name} is found in its text, with each layer where it stands`, () => {
      for (const value of [h5.model, keras.model, json]) {
        const text = JSON.stringify(value, null, 1);
        const [found, ...more] = scanDefinitions(text, "model.json");
        assert.deepEqual(more, []);
        assert.equal(found?.name, name);
        for (const { start, end, kind, name: layer } of found?.layers ?? []) {
          const own = JSON.parse(text.slice(start, end));
          assert.deepEqual([own.class_name, own.config.name], [kind, layer]);
        }
      }
    });
  }

  it("finds the layers of models inside models", () => {
    const found = scanDefinitions(JSON.stringify(caseOf("branches").json), "model.json")[0]?.layers ?? [];
    const names = found.map(({ name }) => name);
    const wanted = (layers: readonly Json[]): unknown[] =>
      layers.flatMap(({ config }) => {
        const { name, layers: inside } = config as Json;
        return [name, ...wanted((inside ?? []) as readonly Json[])];
      });
    assert.deepEqual(names, wanted((caseOf("branches").json["config"] as { layers: readonly Json[] }).layers));
    assert.ok(names.includes("inner") && found.filter(({ kind }) => kind === "Dense").length >= 6, names.join());
  });

  it("keeps what training needs: regularizers, constraints, what is frozen, rates", async () => {
    const model = await loadConverted(caseOf("cnn").h5);
    const config = (kind: string) =>
      model.layers.find((layer) => layer.getClassName() === kind)?.getConfig() as Record<string, unknown>;
    assert.deepEqual(config("Conv2D")["kernelRegularizer"], { className: "L1L2", config: { l1: 0, l2: 0.01 } });
    assert.deepEqual(config("Conv2D")["kernelConstraint"], { className: "MaxNorm", config: { maxValue: 2, axis: 0 } });
    const { depthwiseRegularizer } = model.layers.find(
      (layer) => layer.getClassName() === "DepthwiseConv2D",
    ) as unknown as {
      depthwiseRegularizer: { getConfig(): object };
    };
    assert.deepEqual(depthwiseRegularizer.getConfig(), { l1: 0.1, l2: 0.2 });
    assert.equal(config("Dropout")["rate"], 0.5);
    const frozen = model.layers.filter((layer) => !layer.trainable && layer.getClassName() === "Dense");
    assert.deepEqual(
      frozen.map(({ name }) => name),
      [model.layers.at(-1)?.name],
    );
  });

  describe("that cannot be read", () => {
    // What each file of `refused` is refused for, and what its error must name.
    const wanted: Readonly<Record<string, RegExp>> = {
      reset_after: /layer "gru" \(GRU\) has reset_after = true/,
      mask_zero: /layer "words" \(Embedding\) has mask_zero = true/,
      groups: /layer "conv" \(Conv2D\) has groups = 2/,
      hard_sigmoid: /layer "hard" \(Dense\) has activation = "hard_sigmoid"/,
      "own layer": /layer "own" \(Own\) has the class Own/,
      lambda: /layer "twice" \(Lambda\) has the class Lambda/,
      constant: /layer "add\w*" \(Add\) has a call with 1 in place of a layer's output/,
      function: /layer "sin" \(Sin\) has a function in place of a layer/,
      training: /layer "norm" \(Functional\) has a call with training=false/,
      dtype: /layer "double" \(Dense\) has dtype "?float64/,
      initializer: /layer "ortho" \(Dense\) has kernel_regularizer = OrthogonalRegularizer/,
      mirror: /layer "pair" \(Bidirectional\) has a backward layer that is not the mirror/,
      attention: /layer "heads" \(MultiHeadAttention\) has the class MultiHeadAttention/,
      twice: /layer "multiply\w*" \(Multiply\) has a call with the same tensor twice/,
      causal: /layer "past" \(Conv1D\) has padding = "causal"/,
      bilinear: /layer "wide" \(UpSampling2D\) has interpolation = "bilinear"/,
    };

    it("each have their case", () => assert.deepEqual(Object.keys(refused).sort(), Object.keys(wanted).sort()));
    for (const [name, json] of Object.entries(refused)) {
      it(`${name}: names the file, the layer and the thing`, async () => {
        const { message } = await refusal(json);
        assert.match(message, wanted[name] ?? /$^/);
        assert.match(message, /which is not supported\.$/);
      });
    }

    type Layer = { class_name: unknown; config: Json; inbound_nodes?: unknown; name?: unknown };
    type Model = { class_name: unknown; config: Json & { layers: Layer[] } };
    const dense = (model: Model): Layer => {
      const layer = model.config.layers.find(({ class_name }) => class_name === "Dense");
      assert.ok(layer);
      return layer;
    };
    const nest = (depth: number): unknown => JSON.parse(`${"[".repeat(depth)}1${"]".repeat(depth)}`);

    it("lists in lists beyond any stack give one clear error", async () => {
      const text = JSON.stringify(caseOf("compiled").json).replace(
        '"units":3',
        `"units":${"[".repeat(1e5)}${"]".repeat(1e5)}`,
      );
      assert.match((await refusal(text)).message, /has units = a list/);
    });

    /** Every place of a JSON document, as the object or list that holds it and the key there. */
    function* placesOf(value: unknown): Generator<readonly [holder: Json, key: string]> {
      if (typeof value !== "object" || value === null) return;
      const holder = value as Json;
      for (const key of Object.keys(holder)) {
        yield [holder, key];
        yield* placesOf(holder[key]);
      }
    }
    for (const name of ["cnn", "branches", "sequence"]) {
      it(`anything anywhere in ${name} is read, or gives one clear error`, () => {
        const model = structuredClone(caseOf(name).json);
        const odds = [null, -1, 1.5, "odd", [], {}, ["odd", 0], { class_name: "Odd", config: {} }, nest(1e4)];
        let refusals = 0;
        for (const [holder, key] of [...placesOf(model)]) {
          const before = holder[key];
          for (const odd of odds) {
            holder[key] = odd;
            try {
              translateKeras3(file, { model_config: model, keras_version: "3.0.0" });
            } catch (error) {
              assert.ok(error instanceof WhittleError && error.message.startsWith(file), `${key}: ${String(error)}`);
              refusals += 1;
            }
          }
          holder[key] = before;
        }
        assert.ok(refusals > 500, `only ${refusals}`);
      });
    }

    const node = (layer: unknown, call: unknown = 0) => ({
      args: [{ class_name: "__keras_tensor__", config: { keras_history: [layer, call, 0] } }],
      kwargs: {},
    });
    const edits: Readonly<Record<string, readonly [change: (model: Model) => unknown, message: RegExp]>> = {
      "a layer without config": [
        (model) => Reflect.deleteProperty(dense(model), "config"),
        /lacks class_name or config/,
      ],
      "a layer that is null": [
        (model) => model.config.layers.push(null as unknown as Layer),
        /has null among its layers/,
      ],
      "no layers": [(model) => (model.config.layers = []), /has no layers/],
      "layers that are an object": [
        (model) => (model.config.layers = { length: 2 } as unknown as Layer[]),
        /has no layers/,
      ],
      "a layer without units": [
        (model) => Reflect.deleteProperty(dense(model).config, "units"),
        /\(Dense\) lacks units/,
      ],
      "units that are a word": [(model) => (dense(model).config["units"] = "many"), /has units = "many"/],
      "units below one": [(model) => (dense(model).config["units"] = -3), /has units = -3/],
      "units no memory holds": [(model) => (dense(model).config["units"] = 2 ** 50), /cannot be built/],
      "a setting of some later version": [(model) => (dense(model).config["magic"] = 3), /has magic = 3/],
      "an initializer of one's own": [
        (model) => (dense(model).config["kernel_initializer"] = { class_name: "Mine", config: {} }),
        /has kernel_initializer = Mine/,
      ],
      "an initializer without a config": [
        (model) => (dense(model).config["kernel_initializer"] = { class_name: "Zeros", config: 3 }),
        /has kernel_initializer = Zeros/,
      ],
      "a name that is a number": [(model) => (dense(model).config["name"] = 4), /has the name 4/],
      "a name that objects have": [(model) => (dense(model).config["name"] = "__proto__"), /has the name "__proto__"/],
      "one name twice": [(model) => model.config.layers.push(dense(model)), /has the name of another layer/],
      "an unknown class": [(model) => (dense(model).class_name = "toString"), /has the class toString/],
      "a model of one's own": [(model) => (model.class_name = "MyModel"), /has the class "MyModel"/],
      "too many models in models": [
        (model) => {
          for (let level = 0; level < 400; level += 1) {
            const { class_name, config } = structuredClone({ ...model, config: { ...model.config, layers: [] } });
            const inner = { class_name, config: { ...config, layers: model.config.layers, name: `level${level}` } };
            model.config.layers = [inner as Layer];
          }
        },
        /has too many models around it/,
      ],
    };
    for (const [name, [change, message]] of Object.entries(edits)) {
      it(`${name} gives one clear error`, async () => {
        const model = structuredClone(caseOf("compiled").json) as unknown as Model;
        change(model);
        assert.match(
          (await refusal({ modelTopology: { keras_version: "3.1.0", model_config: model } })).message,
          message,
        );
      });
    }

    const graphEdits: Readonly<Record<string, readonly [change: (model: Model) => unknown, message: RegExp]>> = {
      "a call on a layer that there is not": [
        (model) => (dense(model).inbound_nodes = [node("nobody")]),
        /calls the layer "\w+" on what no layer gives/,
      ],
      "a layer called on itself": [
        (model) => (dense(model).inbound_nodes = [node(dense(model).config["name"])]),
        /calls the layer "\w+" on what no layer gives/,
      ],
      "no calls": [(model) => Reflect.deleteProperty(dense(model), "inbound_nodes"), /lacks inbound_nodes/],
      "calls of Keras 2": [(model) => (dense(model).inbound_nodes = [[["a", 0, 0, {}]]]), /called in a way/],
      "a call on nothing": [
        (model) => (dense(model).inbound_nodes = [{ args: [], kwargs: {} }]),
        /is called on nothing/,
      ],
      "a tensor named by words": [
        (model) => (dense(model).inbound_nodes = [node("a", "x")]),
        /names a tensor as \["a","x",0\]/,
      ],
      "arguments in lists in lists": [
        (model) => (dense(model).inbound_nodes = [{ args: nest(50), kwargs: {} }]),
        /has a call with a list/,
      ],
      "no outputs": [(model) => Reflect.deleteProperty(model.config, "output_layers"), /lacks output_layers/],
      "an output of a layer that there is not": [
        (model) => (model.config["output_layers"] = ["nobody", 0, 0]),
        /has in output_layers a tensor that it lacks: \["nobody",0,0\]/,
      ],
      "an output that a layer has not": [
        (model) => (model.config["output_layers"] = ["shared", 7, 0]),
        /has in output_layers a tensor that it lacks: \["shared",7,0\]/,
      ],
    };
    for (const [name, [change, message]] of Object.entries(graphEdits)) {
      it(`${name} gives one clear error`, async () => {
        const model = structuredClone(caseOf("branches").json) as unknown as Model;
        change(model);
        assert.match((await refusal(model)).message, message);
      });
    }

    it("weights that are not the model's give one clear error", async () => {
      const { model, weights } = structuredClone(caseOf("compiled").keras) as unknown as {
        model: { weightsManifest: { weights: { name: string; shape: number[] }[] }[] };
        weights: string;
      };
      const specs = model.weightsManifest[0]?.weights ?? [];
      const [first] = specs;
      assert.ok(first);
      const { name, shape } = first;
      for (const change of [
        { name: "layers/nobody/vars/0" },
        { name: "layers/dense/vars/9" },
        { shape: [...shape].reverse() },
      ]) {
        Object.assign(first, { name, shape }, change);
        writeFileSync(join(folder, "weights.bin"), Buffer.from(weights, "base64"));
        assert.match((await refusal(model)).message, /^The weights of .* do not fit its model/);
      }
    });
  });
});
