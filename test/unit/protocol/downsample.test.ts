import assert from "node:assert/strict";
import fc from "fast-check";
import { downsample } from "../../../src/protocol/downsample.ts";

const thin = (values: readonly number[], most: number): number[] =>
  downsample(
    values.map((y, x) => ({ x, y })),
    most,
    ({ x }) => x,
    ({ y }) => y,
  );

describe("downsample", () => {
  it("keeps the first point, the last one and the peak", () => {
    const values = Array.from({ length: 1000 }, (_, index) => (index === 437 ? 50 : Math.sin(index)));
    const kept = thin(values, 20);
    assert.equal(kept[0], 0);
    assert.equal(kept.at(-1), 999);
    assert.ok(kept.includes(437));
  });

  it("gives ascending positions, as many as asked for and no more", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true })),
        fc.integer({ min: 3, max: 50 }),
        (values, most) => {
          const kept = thin(values, most);
          assert.equal(kept.length, Math.min(values.length, most));
          assert.ok(kept.every((at, index) => index === 0 || at > (kept[index - 1] ?? -1)));
        },
      ),
    );
  });
});
