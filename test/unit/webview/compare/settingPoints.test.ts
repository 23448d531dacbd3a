import assert from "node:assert/strict";
import type { Difference } from "../../../../src/protocol/comparison.ts";
import type { CompareView } from "../../../../src/webview/compare/compareView.ts";
import {
  canBeLogarithmic,
  categoriesOf,
  chosenSetting,
  runsWithout,
  settingPoints,
} from "../../../../src/webview/compare/settingPoints.ts";
import { sampleInput } from "../../runs/compare/sampleComparison.ts";
import { viewOf } from "./sampleView.ts";

/** Two seeds with λ = 0.25, one run with 0.5, and one that trains only so far. */
const inputs = [
  sampleInput({ id: "r-a", seed: 1, sparsity: 0.9, validation: 0.96, settings: { pruning: { lambda: 0.25 } } }),
  sampleInput({ id: "r-b", seed: 2, sparsity: 0.8, validation: 0.98, settings: { pruning: { lambda: 0.25 } } }),
  sampleInput({ id: "r-c", seed: 1, sparsity: 0.5, validation: 0.99, settings: { pruning: { lambda: 0.5 } } }),
  sampleInput({ id: "r-d", seed: 1, settings: { optimizer: { name: "sgd" }, pruning: { lambda: 0.5 } } }),
];

function settingOf(view: CompareView, key: string): Difference {
  const setting = view.comparison.settings.find((one) => one.key === key);
  assert.ok(setting !== undefined, `${key} is not among ${view.comparison.settings.map((one) => one.key).join(", ")}`);
  return setting;
}

function rows(view: CompareView, key: string) {
  return settingPoints(view, settingOf(view, key)).map((point) => [point.key, point.x, point.y.mean, point.isFinal]);
}

describe("results against a setting", () => {
  it("are a point per run, with numbers as numbers and names as categories", () => {
    const view = viewOf(inputs, { aggregate: false });
    assert.deepEqual(rows(view, "pruning.lambda"), [
      ["r-a", 0.25, 0.96, true],
      ["r-b", 0.25, 0.98, true],
      ["r-c", 0.5, 0.99, true],
      ["r-d", 0.5, 0.91, false],
    ]);
    const optimizer = settingOf(view, "optimizer.name");
    assert.deepEqual(categoriesOf(optimizer), ["adam", "sgd"]);
    assert.deepEqual(
      settingPoints(view, optimizer).map(({ x }) => x),
      ["adam", "adam", "adam", "sgd"],
    );
  });

  it("are mean and deviation of seeds, unless the setting tells these apart", () => {
    const view = viewOf(inputs);
    const [group] = settingPoints(view, settingOf(view, "pruning.lambda"));
    assert.deepEqual([group?.key, group?.x, group?.y.n], ["r-a", 0.25, 2]);
    assert.ok(Math.abs((group?.y.mean ?? 0) - 0.97) < 1e-12);
    // √((0.01² + 0.01²) / 1)
    assert.ok(Math.abs((group?.y.sd ?? 0) - Math.SQRT2 * 0.01) < 1e-12);
    assert.deepEqual(
      rows(view, "seed").map(([key, x]) => [key, x]),
      [
        ["r-a", 1],
        ["r-b", 2],
        ["r-c", 1],
        ["r-d", 1],
      ],
    );
  });

  it("may be sparsity, size or the test split, of runs that have these", () => {
    const values = (outcome: "sparsity" | "params" | "test") =>
      rows(viewOf(inputs, { aggregate: false, outcome }), "pruning.lambda").map(([, , y]) => y);
    assert.deepEqual(values("sparsity"), [0.9, 0.8, 0.5, 0.5]);
    // Of 132 parameters; the last one has no result, so its 120 weights count.
    assert.deepEqual(values("params"), [13, 26, 66, 60]);
    assert.deepEqual(values("test"), [0.96, 0.96, 0.96]);
    const [size] = settingPoints(viewOf(inputs, { outcome: "params" }), settingOf(viewOf(inputs), "pruning.lambda"));
    assert.equal(size?.y.mean, 19.5);
  });

  it("leave out hidden runs, those of another metric, and name those without the setting", () => {
    const hidden = viewOf(inputs, { aggregate: false, hidden: ["r-b"] });
    assert.deepEqual(
      rows(hidden, "pruning.lambda").map(([key]) => key),
      ["r-a", "r-c", "r-d"],
    );
    const view = viewOf(inputs, { aggregate: false });
    const partial: Difference = { key: "k", values: ["1", undefined, "2", "3"], numbers: [1, undefined, 2, 3] };
    assert.deepEqual(
      settingPoints(view, partial).map(({ x }) => x),
      [1, 2, 3],
    );
    assert.deepEqual(runsWithout(view, partial), ["lenet300 · r-b"]);
    const other = { ...view.comparison, runs: view.comparison.runs.map((run) => ({ ...run, metric: run.id })) };
    const mixed = { ...view, comparison: { ...other, metric: "r-c" } };
    assert.deepEqual(
      settingPoints(mixed, partial).map(({ key }) => key),
      ["r-c"],
    );
  });
});

describe("the setting that results are drawn against", () => {
  it("is the chosen one, else a number other than the seed, else the first", () => {
    const { comparison } = viewOf(inputs);
    assert.equal(chosenSetting(comparison, "seed")?.key, "seed");
    assert.equal(chosenSetting(comparison, "gone")?.key, "pruning.lambda");
    const names = { ...comparison, settings: comparison.settings.filter(({ key }) => key !== "pruning.lambda") };
    assert.equal(chosenSetting(names, "")?.key, names.settings[0]?.key);
    assert.equal(chosenSetting({ ...comparison, settings: [] }, "seed"), undefined);
  });

  it("is rather one that was set than one of the model or the data as found", () => {
    const found = { key: "dataset.train", values: ["900", "800"], numbers: [900, 800] };
    const set = { key: "epochs", values: ["3", "4"], numbers: [3, 4] };
    const { comparison } = viewOf(inputs);
    assert.equal(chosenSetting({ ...comparison, settings: [found, set] }, "")?.key, "epochs");
    assert.equal(chosenSetting({ ...comparison, settings: [found] }, "")?.key, "dataset.train");
  });

  it("has a logarithmic axis where all values are numbers above 0", () => {
    const of = (numbers?: readonly (number | undefined)[]): boolean =>
      canBeLogarithmic({ key: "k", values: [], ...(numbers === undefined ? {} : { numbers }) });
    assert.deepEqual(
      [of([1, 10]), of([1, undefined]), of([0, 1]), of([-1, 1]), of()],
      [true, true, false, false, false],
    );
  });
});
