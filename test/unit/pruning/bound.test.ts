import assert from "node:assert/strict";
import { isWithinBound } from "../../../src/pruning/bound.ts";

describe("the bound", () => {
  const holds = (name: string, better: "higher" | "lower", metric: number, reference: number) =>
    isWithinBound({ name, better }, { maxDrop: 1 }, { loss: 1, metric }, { loss: 1, metric: reference });

  it("speaks of points: 0.01 of a metric in 0..1, 1 of a score in 0..100", () => {
    assert.deepEqual(
      [holds("accuracy", "higher", 0.97, 0.98), holds("accuracy", "higher", 0.9699, 0.98)],
      [true, false],
    );
    assert.deepEqual([holds("bleu", "higher", 33.1, 34.1), holds("bleu", "higher", 33.09, 34.1)], [true, false]);
    assert.deepEqual([holds("chrf", "higher", 60, 61), holds("chrf", "higher", 59.9, 61)], [true, false]);
    assert.deepEqual([holds("perplexity", "lower", 4.01, 4), holds("perplexity", "lower", 4.02, 4)], [true, false]);
  });
});
