/** What the live panel shows. */
import assert from "node:assert/strict";
import { measureBars } from "./pixels.mjs";

export async function checkBars(panel, result) {
  const { widths, colored } = await measureBars(panel, result.layers.length);
  assert.ok(colored > 200, `only ${colored} pixels have the colour of the series`);
  // Width of each bar against the widest one, as their sparsities are: within 2 points of a hundred.
  const most = Math.max(...result.layers.map((layer) => layer.sparsity));
  const widest = Math.max(...widths);
  result.layers.forEach((layer, index) => {
    const [is, should] = [widths[index] / widest, layer.sparsity / most];
    assert.ok(Math.abs(is - should) < 0.02, `${layer.name}: bar ${is} of the widest, should be ${should}`);
  });
}

/** The table below the bars. */
const layerRows = (panel) => panel.getByRole("region", { name: "Sparsity per layer" }).locator("tbody tr");

export async function layerNames(panel) {
  return layerRows(panel).locator("th").allTextContents();
}

/** In percent, from the table. */
export async function sparsities(panel) {
  const texts = await layerRows(panel).locator("td:nth-of-type(1)").allTextContents();
  return texts.map((text) => Number.parseFloat(text));
}
