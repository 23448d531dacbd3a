import assert from "node:assert/strict";
import { metricEnds } from "../../../../src/webview/live/metricEnds.ts";

describe("the axis of the metric", () => {
  it("goes to 100 % for parts of a whole, and not below 0", () => {
    assert.deepEqual(metricEnds("accuracy", [40, 60], false), { max: 100 });
    assert.deepEqual(metricEnds("accuracy", [4, 60], false), { min: 0, max: 100 });
  });

  it("is as long as it needs to be for scores, and never beyond 0 and 100", () => {
    assert.deepEqual(metricEnds("bleu", [31.5, 34.2], false), {});
    assert.deepEqual(metricEnds("bleu", [0.4, 34.2], false), { min: 0 });
    assert.deepEqual(metricEnds("chrf", [80, 99.6], false), { max: 100 });
    assert.deepEqual(metricEnds("bleu", [0.4, 34.2], true), {});
  });

  it("begins at 0 where there is nothing yet, and is free where a metric can be anything", () => {
    assert.deepEqual(metricEnds("perplexity", [], false), { min: 0 });
    assert.deepEqual(metricEnds("bleu", [], true), {});
    assert.deepEqual(metricEnds("perplexity", [1.1, 250], false), {});
    assert.deepEqual(metricEnds("BLEU of my own", [0.4], false), {});
  });
});
