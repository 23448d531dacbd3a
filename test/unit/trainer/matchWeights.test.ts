import assert from "node:assert/strict";
import { WhittleError } from "../../../src/protocol/errors.ts";
import { describeMatch, matchWeights } from "../../../src/trainer/matchWeights.ts";

describe("matching weights by name", () => {
  const weights = new Map([
    ["fc1/kernel", { shape: [2, 3] }],
    ["fc1/bias", { shape: [3] }],
  ]);
  const tensor = (...shape: number[]) => ({
    shape,
    values: Float32Array.from({ length: shape.reduce((product, length) => product * length, 1) }, (_, at) => at),
  });
  const match = (tensors: Record<string, ReturnType<typeof tensor>>) =>
    matchWeights("there", new Map(Object.entries(tensors)), weights);

  it("takes the same names, whatever stands before all of them and however Keras 2 ends them", () => {
    const [kernel, bias] = [tensor(2, 3), tensor(3)];
    const expected = new Map([
      ["fc1/kernel", kernel.values],
      ["fc1/bias", bias.values],
    ]);
    for (const [before, after, prefix] of [
      ["", "", ""],
      ["", ":0", ""],
      ["model/", "", "model/"],
      ["encoder.", ":0", "encoder."],
      ["weight:", "", "weight:"],
    ]) {
      const found = match({ [`${before}fc1/bias${after}`]: bias, [`${before}fc1/kernel${after}`]: kernel });
      assert.deepEqual([found.values, found.prefix, found.unused], [expected, prefix, []]);
    }
  });

  it("says what it did not take, and what names begin with", () => {
    const tensors = { "m/fc1/kernel": tensor(2, 3), "m/fc1/bias": tensor(3), "m/head/bias": tensor(9), step: tensor() };
    const found = match(tensors);
    assert.equal(
      describeMatch("there", found, ["mask"]),
      "All weights were found in there; names there begin with m/; not taken from it: m/head/bias, step, mask.",
    );
    assert.equal(describeMatch("there", match({ "fc1/kernel": tensor(2, 3), "fc1/bias": tensor(3) })), undefined);
  });

  it("lists what does not fit, on both sides", () => {
    assert.throws(
      () => match({ "fc1/kernel": tensor(3, 2), "fc1.bias": tensor(3) }),
      (error) =>
        error instanceof WhittleError &&
        error.message ===
          "The initial model there does not fit: fc1/kernel [2, 3] has shape [3, 2] there, fc1/bias [3] is missing." &&
        /also holds fc1\.bias \[3\]/.test(error.remedy),
    );
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`t${at}`, tensor()]));
    assert.throws(
      () => match(many),
      (error) => error instanceof WhittleError && /t19 \[\], 30 more/.test(error.remedy),
    );
  });

  it("does not choose among several", () => {
    const both = ["ema/", "net/"].flatMap((prefix) => [
      [`${prefix}fc1/kernel`, tensor(2, 3)],
      [`${prefix}fc1/bias`, tensor(3)],
    ]);
    assert.throws(() => match(Object.fromEntries(both)), /more than once: under ema\/ and under net\//);
    const exact = Object.fromEntries([...both, ["fc1/kernel", tensor(2, 3)], ["fc1/bias", tensor(3)]]);
    assert.equal(match(exact).prefix, "");
  });
});
