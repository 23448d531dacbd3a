import assert from "node:assert/strict";
import type { LayerSummary } from "../../../../src/protocol/run.ts";
import { ALL, BLOCKS, defaultFold, foldChoices, rowsOf, sumLayers } from "../../../../src/webview/charts/layerRows.ts";

const block = (index: number): string[] => ["wq", "wk", "wv"].map((tensor) => `block_${index}/attention/${tensor}`);
const FEW = ["embedding/embeddings", ...block(0), ...block(1)];
const MANY = ["embedding/embeddings", ...Array.from({ length: 9 }, (_, index) => block(index)).flat()];

const layer = (total: number, remaining: number, of: "heads" | "units" = "heads"): LayerSummary => ({
  name: "x",
  shape: [total],
  total,
  remaining,
  sparsity: 1 - remaining / total,
  units: { count: 4, stride: 1, of },
  unitsAlive: 3,
});

describe("rows of charts of layers", () => {
  it("are folded by block where there are many", () => {
    assert.equal(defaultFold(FEW), ALL);
    assert.equal(defaultFold(MANY), BLOCKS);
    assert.equal(defaultFold(Array.from({ length: 60 }, (_, index) => `fc${index}/kernel`)), ALL);
    assert.deepEqual(
      rowsOf(MANY, BLOCKS).map(({ to, from }) => to - from),
      [1, 3, 3, 3, 3, 3, 3, 3, 3, 3],
    );
    assert.equal(rowsOf(MANY, ALL).length, MANY.length);
  });

  it("open one block, and offer each", () => {
    const choices = foldChoices(FEW);
    assert.equal(choices.length, 2 + 2);
    const [, , first] = choices;
    assert.deepEqual(
      rowsOf(FEW, first?.[0] ?? "").map(({ name }) => name),
      ["embedding/embeddings", ...block(0), "block_1"],
    );
    assert.deepEqual(foldChoices(["fc1/kernel", "fc2/kernel"]), []);
  });

  it("sum the weights of a block, and its units where they are of a kind", () => {
    const sum = sumLayers("block_0", [layer(100, 10), layer(300, 290)]);
    assert.deepEqual([sum.total, sum.remaining, sum.sparsity], [400, 300, 0.25]);
    assert.deepEqual([sum.units?.count, sum.unitsAlive], [8, 6]);
    assert.equal(sumLayers("block_0", [layer(100, 10), layer(300, 290, "units")]).units, undefined);
    const alone = layer(10, 5);
    assert.equal(sumLayers("other", [alone]), alone);
  });
});
