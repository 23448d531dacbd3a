import assert from "node:assert/strict";
import { selectGroups } from "../../../src/pruning/layers.ts";

const grouped = (name: string, shape: readonly number[], groups: readonly number[]) => {
  return { name, shape, groups: Int32Array.from(groups) };
};

/** Two layers that are added up share groups 0 and 1; the third layer has its own. */
const ALL = [
  grouped("a/kernel", [1, 2], [0, 1]),
  grouped("a/bias", [2], [0, 1]),
  grouped("b/kernel", [1, 3], [0, 1, 2]),
  grouped("c/kernel", [1, 2], [3, 4]),
];
const OUT = { name: "out/kernel", shape: [2, 2] };

const select = (patterns: readonly string[], trained = [...ALL, OUT]) =>
  Object.fromEntries([...selectGroups(trained, ALL, patterns)].map(([name, groups]) => [name, [...groups]]));

describe("selection of units", () => {
  it("takes all whose kernels are selected, biases with them", () => {
    const every = { "a/kernel": [0, 1], "a/bias": [0, 1], "b/kernel": [0, 1, 2], "c/kernel": [3, 4] };
    assert.deepEqual(select(["**"]), every);
    assert.deepEqual(select(["!out/*"]), every);
    assert.deepEqual(select(["c/*"]), { "c/kernel": [3, 4] });
  });

  it("leaves units of which one kernel is not selected", () => {
    assert.deepEqual(select(["!a/kernel"]), { "b/kernel": [-1, -1, 2], "c/kernel": [3, 4] });
  });

  it("leaves units of which a tensor is not trained", () => {
    const trained = ALL.filter(({ name }) => name !== "a/bias");
    assert.deepEqual(select(["**"], trained), { "b/kernel": [-1, -1, 2], "c/kernel": [3, 4] });
  });

  it("says what to do where no unit is left", () => {
    assert.throws(() => select(["out/kernel"]), {
      name: "WhittleError",
      message: /^pruning.granularity is "unit", but pruning.layers \["out\/kernel"\] leaves no unit/,
      remedy: /granularity="weight"/,
    });
  });
});
