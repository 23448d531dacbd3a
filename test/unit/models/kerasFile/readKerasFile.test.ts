/** Files that Keras saved against Keras's own outputs (test/reference/make_keras_files.py), and what is said of those not read. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { unzipSync, type Zippable, zipSync } from "fflate";
import { findTarget } from "../../../../src/cli/target.ts";
import type { Hdf5Group } from "../../../../src/models/hdf5/contents.ts";
import { readHdf5 } from "../../../../src/models/hdf5/readHdf5.ts";
import { writeHdf5 } from "../../../../src/models/hdf5/writeHdf5.ts";
import { loadDefinition } from "../../../../src/models/load.ts";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import { assertComputes, FOLDER, readCases } from "./storedKeras.ts";

type Json = Record<string, unknown>;

describe("files of Keras", () => {
  let folder: string;

  before(() => tf.setBackend("cpu"));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "whittle-keras-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    tf.disposeVariables();
  });

  for (const each of readCases("models.json")) {
    for (const ending of [".keras", ".h5"]) {
      it(`${each.name}${ending} computes what Keras 3 computes`, async () => {
        const definition = await loadDefinition(tf, join(FOLDER, each.name + ending), "default");
        assertComputes(await definition.build(), each);
      });
    }
  }

  for (const each of readCases("keras2.json")) {
    it(`${each.name}.h5 computes what Keras 2 computes`, async () => {
      const definition = await loadDefinition(tf, join(FOLDER, `${each.name}.h5`), "default");
      assertComputes(await definition.build(), each);
      assert.equal(definition.compiled?.settings.optimizer?.name, "sgd");
    });
  }

  for (const ending of [".keras", ".h5"]) {
    it(`takes over what a ${ending} file was compiled with, and the settings beside it`, async () => {
      const file = join(folder, `dense${ending}`);
      writeFileSync(file, readFileSync(join(FOLDER, `dense${ending}`)));
      writeFileSync(join(folder, "dense.whittle.json"), JSON.stringify({ epochs: 3 }));
      const { compiled, settings } = await loadDefinition(tf, file, "default");
      assert.deepEqual(compiled?.settings.optimizer, {
        name: "adam",
        learningRate: 0.002,
        momentum: 0.8,
        decay: 0.999,
        epsilon: 1e-7,
      });
      assert.equal(compiled?.settings.loss, "sparseCategoricalCrossentropy");
      assert.deepEqual(settings, { epochs: 3 });
    });
  }

  it("is a target of the command line, named like the file", () => {
    const modelFile = join(FOLDER, "conv.keras");
    assert.deepEqual(findTarget(modelFile), { modelFile, exportName: "default", name: "conv" });
  });

  describe("that cannot be read", () => {
    const refuses = async (name: string, bytes: Uint8Array, message: RegExp): Promise<void> => {
      const file = join(folder, name);
      writeFileSync(file, bytes);
      const error: unknown = await loadDefinition(tf, file, "default")
        .then(({ build }) => build())
        .catch((thrown: unknown) => thrown);
      assert.ok(error instanceof WhittleError, `gave ${String(error)}`);
      assert.ok(error.message.includes(file), error.message);
      assert.match(error.message, message);
      assert.notEqual(error.remedy, "");
    };
    const stored = (name: string) => new Uint8Array(readFileSync(join(FOLDER, name)));
    const changedArchive = (change: (files: Zippable) => void): Uint8Array => {
      const files: Zippable = unzipSync(stored("dense.keras"));
      change(files);
      return zipSync(files);
    };
    const changedConfig = (change: (json: Json) => void): Uint8Array =>
      changedArchive((files) => {
        const json = JSON.parse(new TextDecoder().decode(files["config.json"] as Uint8Array));
        change(json);
        files["config.json"] = new TextEncoder().encode(JSON.stringify(json));
      });
    const changedH5 = (change: (root: Hdf5Group) => Hdf5Group): Uint8Array =>
      writeHdf5(change(readHdf5(stored("dense.h5"))));
    const layersOf = (json: Json) => (json["config"] as { layers: { class_name: string; config: Json }[] }).layers;

    it("other files", async () => {
      await refuses("a.keras", new TextEncoder().encode("PK but no zip"), /no \.keras file, or damaged/);
      await refuses("a.h5", new TextEncoder().encode("no HDF5"), /is no HDF5 file/);
      await refuses("a.h5", new Uint8Array(0), /is no HDF5 file/);
      await refuses("a.keras", zipSync({ "other.txt": new Uint8Array(9) }), /lacks metadata\.json/);
    });

    it("what holds code: it is named, and not run", async () => {
      const lambda = (json: Json) => {
        const layer = layersOf(json)[1];
        if (layer !== undefined)
          Object.assign(layer, { class_name: "Lambda", config: { name: "evil", function: "cos\nsystem" } });
      };
      await refuses("a.keras", changedConfig(lambda), /layer "evil" \(Lambda\) has the class Lambda/);
      const h5 = changedH5((root) => {
        const json = JSON.parse(String(root.attributes.get("model_config")));
        lambda(json);
        return { ...root, attributes: new Map([...root.attributes, ["model_config", JSON.stringify(json)]]) };
      });
      await refuses("a.h5", h5, /layer "evil" \(Lambda\) has the class Lambda/);
    });

    it("parts that are missing or no JSON", async () => {
      await refuses(
        "a.keras",
        changedArchive((files) => {
          delete files["model.weights.h5"];
        }),
        /lacks model\.weights\.h5/,
      );
      await refuses(
        "a.keras",
        changedArchive((files) => {
          files["config.json"] = new Uint8Array(3);
        }),
        /config\.json that is no JSON/,
      );
      await refuses(
        "a.keras",
        changedArchive((files) => {
          files["metadata.json"] = new TextEncoder().encode("[]");
        }),
        /metadata\.json that is no JSON object/,
      );
      const attributes = new Map([["keras_version", "3.0.0"]]);
      await refuses(
        "a.h5",
        changedH5((root) => ({ ...root, attributes })),
        /no whole model, maybe weights alone/,
      );
      const groups = new Map([
        ["model_weights", { attributes: new Map([["layer_names", ["gone"]]]), groups: new Map(), arrays: new Map() }],
      ]);
      await refuses(
        "a.h5",
        changedH5((root) => ({ ...root, groups })),
        /lacks the weights of the layer "gone"/,
      );
    });

    it("files of Keras 2 in the form of Keras 3", async () => {
      const old = new TextEncoder().encode('{"keras_version":"2.15.0"}');
      await refuses(
        "a.keras",
        changedArchive((files) => {
          files["metadata.json"] = old;
        }),
        /saved by Keras 2\.15\.0/,
      );
    });

    it("weights of another model", async () => {
      const wider = changedConfig((json) => {
        const layer = layersOf(json)[1];
        if (layer !== undefined) layer.config["units"] = 9;
      });
      await refuses("a.keras", wider, /weights of .* do not fit its model/);
      const none = writeHdf5({ attributes: new Map(), groups: new Map(), arrays: new Map() });
      await refuses(
        "a.keras",
        changedArchive((files) => {
          files["model.weights.h5"] = none;
        }),
        /weights of .* do not fit its model/,
      );
    });

    it("a zip that claims, or unpacks to, far more than it has", async () => {
      const zeros = new Uint8Array(50_000_000);
      await refuses(
        "a.keras",
        changedArchive((files) => {
          files["model.weights.h5"] = [zeros, { level: 9 }];
        }),
        /claims 50000000 bytes/,
      );
    });
  });
});
