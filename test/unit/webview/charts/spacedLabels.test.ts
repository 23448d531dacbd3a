import assert from "node:assert/strict";
import fc from "fast-check";
import { spacedLabels } from "../../../../src/webview/charts/spacedLabels.ts";

describe("labels along an axis", () => {
  it("stand at the last place, and wherever they have room before it", () => {
    assert.deepEqual([...spacedLabels([1, 2, 8, 9, 20], 5)], [4, 3, 1]);
    assert.deepEqual([...spacedLabels([], 5)], []);
  });

  it("are never nearer than the least distance, and no room for one is left", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200), { minLength: 1 }), fc.integer({ min: 1, max: 30 }), (drawn, least) => {
        const places = drawn.toSorted((a, b) => a - b);
        const shown = [...spacedLabels(places, least)].map((index) => places[index] ?? 0);
        assert.equal(shown[0], places.at(-1));
        for (const [at, place] of shown.slice(1).entries()) assert.ok((shown[at] ?? 0) - place >= least);
        const lowest = shown.at(-1) ?? 0;
        assert.ok(places.every((place) => lowest - place < least || place >= lowest));
      }),
    );
  });
});
