import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type * as Tf from "@tensorflow/tfjs";
import { compactModel } from "../../../src/compact/compactModel.ts";
import { createRandom } from "../../../src/data/random.ts";
import { type StartedEngine, startEngine } from "../../../src/engine/start.ts";
import type { ExportFormat } from "../../../src/export/format.ts";
import { predictValues } from "../../../src/export/readers/predict.ts";
import type { ModelReader, Values } from "../../../src/export/readers/reader.ts";
import { safetensorsReader } from "../../../src/export/readers/safetensors.ts";
import { tfjsReader } from "../../../src/export/readers/tfjs.ts";
import { safetensors } from "../../../src/export/safetensors.ts";
import { tfjs } from "../../../src/export/tfjs.ts";
import { loadDefinition } from "../../../src/models/load.ts";
import { nameWeights } from "../../../src/models/weightNames.ts";
import { EXTENSIONS } from "../../../src/protocol/modelExport.ts";
import { EXAMPLE_IDS, madeIds } from "./madeIds.ts";

const FOLDER = resolve(import.meta.dirname, "../../../examples");
const EXAMPLES = 200;
/** Of an axis whose length a model leaves open; each further input is longer by one. */
const OPEN_LENGTH = 8;
const WITHIN = 1e-5;
/** Of all units, and of the weights of those that stay. */
const [LOST_UNITS, LOST_WEIGHTS] = [0.4, 0.8];

describe("every example, pruned and made small", () => {
  let engine: StartedEngine;
  let dir: string;
  before(async () => {
    engine = await startEngine("wasm");
    dir = mkdtempSync(join(tmpdir(), "whittle-examples-"));
  });
  after(async () => {
    rmSync(dir, { recursive: true });
    // Other suites of the process take the backend that is there.
    await engine.tf.setBackend("cpu");
  });

  /** Whole units, as the last axis counts them, and single weights; biases stay. */
  function prune(model: Tf.LayersModel): ReadonlyMap<string, Float32Array> {
    const { tf } = engine;
    const masks = new Map<string, Float32Array>();
    for (const [weight, name] of nameWeights(model)) {
      const value = weight.read() as Tf.Variable;
      const units = value.shape.at(-1) ?? 1;
      if (value.shape.length < 2 || units < 4) continue;
      const random = createRandom("prune", name);
      const lost = Array.from({ length: units }, () => random.next() < LOST_UNITS);
      const mask = Float32Array.from({ length: value.size }, (_, at) =>
        Number(!lost[at % units] && random.next() >= LOST_WEIGHTS),
      );
      masks.set(name, mask);
      tf.tidy(() => value.assign(tf.mul(value, tf.tensor(mask, value.shape))));
    }
    return masks;
  }

  function draw(model: Tf.LayersModel, ids: number | undefined): Values[] {
    return model.inputs.map(({ shape, sourceLayer }, at) => {
      const random = createRandom("inputs", at);
      const whole = [EXAMPLES, ...shape.slice(1).map((length) => length ?? OPEN_LENGTH + at)];
      const count = whole.reduce((product, length) => product * length, 1);
      const draws = () => Float32Array.from({ length: count }, () => random.next());
      return {
        name: sourceLayer.name,
        shape: whole,
        values: ids === undefined ? draws() : madeIds(random, ids, whole),
      };
    });
  }

  const FORMS: readonly (readonly [ExportFormat, ModelReader])[] = [
    [tfjs, tfjsReader],
    [safetensors, safetensorsReader],
  ];
  const definitions = [
    ...readdirSync(FOLDER)
      .filter((name) => name.endsWith(".model.ts"))
      .map((name) => [name, "default"] as const),
    ["published.js", "createModel"] as const,
  ];
  for (const [file, exported] of definitions) {
    it(`${file} gives the same where it is opened`, async () => {
      const { tf } = engine;
      const model = await (await loadDefinition(tf, join(FOLDER, file), exported)).build();
      const masks = prune(model);
      const inputs = draw(model, EXAMPLE_IDS[file]);
      const expected = predictValues(tf, model, inputs);
      const { model: compact } = compactModel(tf, model);
      for (const [format, reader] of FORMS) {
        const original = { model, masks };
        const files = await format.encode({ tf, model: compact, masks: new Map(), original, metadata: {} });
        for (const [path, bytes] of files) {
          const place = join(dir, file, path);
          mkdirSync(dirname(place), { recursive: true });
          writeFileSync(place, bytes);
        }
        const place = EXTENSIONS[format.name] === undefined ? "" : ([...files.keys()][0] ?? "");
        const { outputs } = await reader.run(join(dir, file, place), inputs, { tf, compact });
        assert.equal(outputs.length, expected.length);
        for (const [at, { values }] of expected.entries()) {
          const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
          assert.ok(largest > 0, "an output that is not only zeros");
          for (const [index, value] of values.entries()) {
            const difference = Math.abs(value - (outputs[at]?.values[index] ?? Number.NaN));
            assert.ok(difference <= WITHIN * largest, `${format.name}, output ${at}: ${difference} of ${largest}`);
          }
        }
      }
    });
  }
});
