import assert from "node:assert/strict";
import fc from "fast-check";
import { selectRank } from "../../../src/pruning/select.ts";

const FLOATS = fc.oneof(
  fc.float({ min: 0, noNaN: true }),
  // Many that are the same, and those at the ends.
  fc.constantFrom(0, -0, 1, Math.fround(0.1), 1.401298464324817e-45, 3.4028234663852886e38, Number.POSITIVE_INFINITY),
  fc.float({ min: 1, max: Math.fround(1.0001), noNaN: true }),
);

describe("the score of a rank", () => {
  it("is the one that sorting puts there, and as many are less, among all that count", () => {
    const tensor = fc.array(fc.tuple(FLOATS, fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(fc.array(tensor, { minLength: 1, maxLength: 4 }), fc.nat(), (drawn, pick) => {
        const tensors = drawn.map((pairs) => ({
          scores: Float32Array.from(pairs, ([score]) => score),
          mask: Float32Array.from(pairs, ([, keep]) => Number(keep)),
        }));
        const sorted = Float32Array.from(
          tensors.flatMap(({ scores, mask }) => [...scores].filter((_, at) => mask[at] === 1)),
        ).sort();
        fc.pre(sorted.length > 0);
        const rank = pick % sorted.length;
        const { value, below } = selectRank(tensors, rank);
        assert.ok(value === sorted[rank], `${value} in place of ${sorted[rank]}`);
        assert.equal(below, sorted.filter((each) => each < value).length);
      }),
      { numRuns: 2000 },
    );
  });

  it("counts what is no number as the largest, as sorting does", () => {
    const scores = Float32Array.of(Number.NaN, 2, Number.POSITIVE_INFINITY, 1);
    const mask = new Float32Array(4).fill(1);
    assert.deepEqual(
      [0, 1, 2, 3].map((rank) => selectRank([{ scores, mask }], rank).value),
      [1, 2, Number.POSITIVE_INFINITY, Number.NaN],
    );
    assert.throws(() => selectRank([{ scores, mask }], 4), RangeError);
  });
});
