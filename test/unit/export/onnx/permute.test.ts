import assert from "node:assert/strict";
import { permuteValues } from "../../../../src/export/onnx/permute.ts";

describe("values in another order of axes", () => {
  it("turns a matrix over", () => {
    const { values, shape } = permuteValues(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3], [1, 0]);
    assert.deepEqual(
      [[...values], shape],
      [
        [1, 4, 2, 5, 3, 6],
        [3, 2],
      ],
    );
  });

  it("takes every number along with its place", () => {
    const shape = [2, 3, 4];
    const { values, shape: permuted } = permuteValues(
      Float32Array.from({ length: 24 }, (_, at) => at),
      shape,
      [2, 0, 1],
    );
    assert.deepEqual(permuted, [4, 2, 3]);
    for (let row = 0; row < 2; row++)
      for (let column = 0; column < 3; column++)
        for (let depth = 0; depth < 4; depth++)
          assert.equal(values[depth * 6 + row * 3 + column], row * 12 + column * 4 + depth);
  });
});
