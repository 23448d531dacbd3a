import assert from "node:assert/strict";
import { asPixels } from "../../../../src/webview/base/picture.ts";

describe("pixels of examples", () => {
  it("are gray where there is one channel, from the least value to the largest", () => {
    const pixels = asPixels([-1, 0, 1], 1, { min: -1, max: 1 });
    assert.deepEqual([...pixels], [0, 0, 0, 255, 128, 128, 128, 255, 255, 255, 255, 255]);
  });

  it("have red, green and blue of three, and stay within black and white", () => {
    const pixels = asPixels([0, 0.2, 0.4, 9, -9, 1], 3, { min: 0, max: 1 });
    assert.deepEqual([...pixels], [0, 51, 102, 255, 255, 0, 255, 255]);
  });

  it("are black where all values are the same", () => {
    assert.deepEqual([...asPixels([3], 1, { min: 3, max: 3 })], [0, 0, 0, 255]);
  });
});
