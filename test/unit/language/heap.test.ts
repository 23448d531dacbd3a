import assert from "node:assert/strict";
import fc from "fast-check";
import { Heap } from "../../../src/language/heap.ts";

describe("a heap", () => {
  it("gives the smallest of what is in it, whatever comes in between", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer())), (steps) => {
        const heap = new Heap<number>((a, b) => a < b);
        const sorted: number[] = [];
        for (const step of steps) {
          if (step === null) assert.equal(heap.pop(), sorted.shift());
          else {
            heap.push(step);
            sorted.push(step);
            sorted.sort((a, b) => a - b);
          }
        }
      }),
    );
  });
});
