/** What `whittle export --to tfjs` writes, opened by TensorFlow.js in a browser, as on a page of its user's. */
import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import type { Browser } from "playwright-core";
import { loadEngine } from "../../src/engine/load.ts";
import type { TF } from "../../src/engine/types.ts";
import { predictValues } from "../../src/export/readers/predict.ts";
import { tfjs } from "../../src/export/tfjs.ts";
import { asExported, sampleModels } from "../unit/export/exportedModel.ts";
import { launchBrowser } from "./panelPage.ts";

const ORIGIN = "https://user.test";
const TFJS = resolve(import.meta.dirname, "../../node_modules/@tensorflow/tfjs/dist");
const EXAMPLES = 200;

describe("an exported model in a browser", function () {
  this.timeout(300_000);
  let tf: TF;
  let browser: Browser;
  before(async () => {
    ({ tf } = await loadEngine("cpu"));
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  it("gives what it gives here", async () => {
    const page = await browser.newPage();
    const models = Object.entries(sampleModels(tf));
    const files = new Map<string, Uint8Array>();
    for (const [kind, model] of models) {
      for (const [path, bytes] of await tfjs.encode(asExported(tf, model))) files.set(`/${kind}/${path}`, bytes);
    }
    await page.route(`${ORIGIN}/**`, async (route) => {
      const { pathname } = new URL(route.request().url());
      const bytes = files.get(pathname);
      if (pathname === "/")
        await route.fulfill({ contentType: "text/html", body: '<script src="tf.min.js"></script>' });
      else if (bytes === undefined) await route.fulfill({ path: join(TFJS, pathname) });
      else await route.fulfill({ body: Buffer.from(bytes) });
    });
    await page.goto(`${ORIGIN}/`);
    for (const [kind, model] of models) {
      const inputs = model.inputs.map(({ shape }) => {
        const whole = [EXAMPLES, ...(shape.slice(1) as number[])];
        const count = whole.reduce((product, length) => product * length, 1);
        return { name: "", shape: whole, values: Float32Array.from({ length: count }, (_, at) => (at * 5) % 8) };
      });
      const expected = predictValues(tf, model, inputs);
      const found = await page.evaluate(
        async ({ url, given }) => {
          const { tf: theirs } = globalThis as unknown as { readonly tf: TF };
          await theirs.setBackend("cpu");
          const opened = await theirs.loadLayersModel(url);
          const outputs = [opened.predict(given.map(({ shape, values }) => theirs.tensor(values, shape)))].flat();
          return outputs.map((output) => [...output.dataSync()]);
        },
        {
          url: `${ORIGIN}/${kind}/model.json`,
          given: inputs.map(({ shape, values }) => ({ shape, values: [...values] })),
        },
      );
      assert.deepEqual(
        found.map(({ length }) => length),
        expected.map(({ values }) => values.length),
      );
      for (const [at, { values }] of expected.entries()) {
        const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const off = values.reduce(
          (most, value, i) => Math.max(most, Math.abs(value - (found[at]?.[i] ?? Number.NaN))),
          0,
        );
        assert.ok(largest > 0 && off / largest <= 1e-5, `${kind}: ${off} of ${largest}`);
      }
    }
  });
});
