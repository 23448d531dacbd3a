import assert from "node:assert/strict";
import { metricsAsCsv } from "../../../../src/runs/metrics/exportMetrics.ts";
import { epoch, MODEL, numbered, step } from "../../cli/events.ts";

describe("exportMetrics", () => {
  it("writes one line an epoch, with what was pruned after it", () => {
    const events = numbered(MODEL, epoch(1, 2), step(1), epoch(2, 4, [500, 100]), {
      type: "prune",
      epoch: 2,
      threshold: 0.25,
      pruned: 40,
      sparsity: 0.5,
      validation: { loss: 0.3, metric: 0.9 },
      layers: [],
    });
    const lines = metricsAsCsv(events).trimEnd().split("\n");
    assert.equal(
      lines[0],
      "epoch,phase,seconds,learning_rate,lambda,gamma,training_loss,validation_loss,validation_accuracy,sparsity,pruned,pruning_threshold,sparsity_after_pruning,weights hidden/kernel,weights output/kernel,units hidden/kernel,units output/kernel",
    );
    assert.equal(lines.length, 3);
    assert.equal(lines[2], `2,train,4,0.001,0,0,0.5,0.25,0.975,${1 - 600 / 1100},40,0.25,0.5,500,100,1,1`);
  });
});
