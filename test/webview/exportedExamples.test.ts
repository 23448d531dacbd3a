/** The examples as TensorFlow.js's own form, opened by it in a browser, with what lies beside `model.json`. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type * as Tf from "@tensorflow/tfjs";
import type { Browser, Page } from "playwright-core";
import { createRandom } from "../../src/data/random.ts";
import { loadEngine } from "../../src/engine/load.ts";
import type { TF } from "../../src/engine/types.ts";
import { predictValues } from "../../src/export/readers/predict.ts";
import type { Values } from "../../src/export/readers/reader.ts";
import { tfjs } from "../../src/export/tfjs.ts";
import { loadDefinition } from "../../src/models/load.ts";
import { LAYERS_FILE } from "../../src/protocol/modelExport.ts";
import { asExported } from "../unit/export/exportedModel.ts";
import { EXAMPLE_IDS, madeIds } from "../unit/export/madeIds.ts";
import { launchBrowser } from "./panelPage.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../examples");
const PACKAGES = resolve(import.meta.dirname, "../../node_modules/@tensorflow");
const ORIGIN = "https://user.test";
const COMPARED = 200;
/** A layer of the author's own is in no TensorFlow.js. */
const OWN = ["published.js"];
/** Layers of whittle/layers. */
const WITH_LAYERS = ["vae.model.ts", "vit.model.ts", "characters.model.ts", "translation.model.ts"];
/** Of an axis whose length a model leaves open. */
const OPEN_LENGTH = 8;

describe("exported examples in a browser", function () {
  this.timeout(300_000);
  let tf: TF;
  let browser: Browser;
  before(async () => {
    ({ tf } = await loadEngine("wasm"));
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await tf.setBackend("cpu");
  });

  const build = async (file: string): Promise<Tf.LayersModel> => {
    const name = file === "published.js" ? "createModel" : "default";
    return (await loadDefinition(tf, join(EXAMPLES, file), name)).build();
  };

  for (const file of readdirSync(EXAMPLES).filter((name) => /\.(model\.ts|js)$/.test(name))) {
    if (OWN.includes(file)) {
      it(`${file} needs a class that the page has to bring along`, async () => {
        const page = await openPage(browser, await tfjs.encode(asExported(tf, await build(file))));
        await assert.rejects(() => predictThere(page, []), /Unknown layer: Gate/);
      });
      continue;
    }
    it(`${file} gives there what it gives here`, async () => {
      const exported = asExported(tf, await build(file));
      const { model } = exported;
      const ids = EXAMPLE_IDS[file];
      const inputs = model.inputs.map(({ shape }, index) => {
        const whole = [COMPARED, ...shape.slice(1).map((length) => length ?? OPEN_LENGTH)];
        const count = whole.reduce((product, length) => product * length, 1);
        const draw = () => Float32Array.from({ length: count }, (_, at) => ((at * 5) % 8) / 8);
        const values = ids === undefined ? draw() : madeIds(createRandom("inputs", index), ids, whole);
        return { name: "", shape: whole, values };
      });
      const files = await tfjs.encode(exported);
      assert.equal(files.has(LAYERS_FILE), WITH_LAYERS.includes(file));
      const page = await openPage(browser, files);
      const found = await predictThere(page, inputs);
      for (const [at, { values }] of predictValues(tf, model, inputs).entries()) {
        const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        assert.ok(largest > 0);
        assert.equal(found[at]?.length, values.length);
        for (const [index, value] of values.entries()) {
          const difference = Math.abs(value - (found[at]?.[index] ?? Number.NaN));
          assert.ok(difference <= 1e-5 * largest, `${index}: ${difference} of ${largest}`);
        }
      }
    });
  }
});

/** A page of the user's with TensorFlow.js and its backend in WebAssembly, and the exported files beside it. */
async function openPage(browser: Browser, files: ReadonlyMap<string, Uint8Array>): Promise<Page> {
  const page = await browser.newPage();
  const scripts = ["tfjs/dist/tf.min.js", "tfjs-backend-wasm/dist/tf-backend-wasm.min.js"];
  if (files.has(LAYERS_FILE)) scripts.push(LAYERS_FILE);
  const body = scripts.map((src) => `<script src="${src}"></script>`).join("");
  await page.route(`${ORIGIN}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const bytes = files.get(pathname.slice(1));
    if (pathname === "/") await route.fulfill({ contentType: "text/html", body });
    else if (bytes === undefined) await route.fulfill({ path: join(PACKAGES, pathname) });
    else await route.fulfill({ body: Buffer.from(bytes) });
  });
  await page.goto(`${ORIGIN}/`);
  return page;
}

/** @returns the outputs, in the model's order */
function predictThere(page: Page, inputs: readonly Values[]): Promise<number[][]> {
  const given = inputs.map(({ shape, values }) => ({ shape: [...shape], values: [...values] }));
  return page.evaluate(async (examples) => {
    const { tf } = globalThis as unknown as { readonly tf: TF & { wasm: { setWasmPaths(path: string): void } } };
    tf.wasm.setWasmPaths("/tfjs-backend-wasm/dist/");
    if (!(await tf.setBackend("wasm"))) throw new Error("there is no WebAssembly");
    const model = await tf.loadLayersModel("/model.json");
    const outputs = [model.predict(examples.map(({ shape, values }) => tf.tensor(values, shape)))].flat();
    return outputs.map((output) => [...output.dataSync()]);
  }, given);
}
