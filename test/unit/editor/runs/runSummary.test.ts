import assert from "node:assert/strict";
import {
  advance,
  describeEnd,
  describeProgress,
  describeTimeLeft,
  NOT_BEGUN,
} from "../../../../src/editor/runs/runSummary.ts";
import { NO_PACE } from "../../../../src/protocol/pace.ts";
import { sketchRun } from "./watchedRuns.ts";

const { record } = sketchRun("101500", { sparsity: 0.9739, metric: 0.98314 });

describe("runSummary", () => {
  it("tells the end of a run by what the test split says", () => {
    assert.equal(describeEnd(record, "done"), "97.4 % sparse, accuracy 98.31 %");
    assert.equal(describeEnd(record, "stopped"), "stopped: 97.4 % sparse, accuracy 98.31 %");
  });

  it("tells why a run failed", () => {
    const error = { message: "The loss became NaN.", remedy: "Lower it.", kind: "failed" } as const;
    assert.equal(describeEnd({ ...record, error }, "failed"), "failed: The loss became NaN.");
  });

  it("follows steps, and takes the sparsity of a pruning before its epoch is over", () => {
    const started = advance(NOT_BEGUN, [
      { seq: 1, time: 1, type: "step", phase: "train", epoch: 3, step: 1, stepsPerEpoch: 9, loss: 1 },
    ]);
    assert.equal(describeProgress("running", started), "epoch 3");
    const pruned = advance({ ...NOT_BEGUN, epoch: 3, epochsPlanned: 90, sparsity: 0 }, [
      {
        seq: 2,
        time: 2,
        type: "prune",
        epoch: 3,
        threshold: 1,
        pruned: 1,
        sparsity: 0.62,
        validation: { loss: 0.1, metric: 0.98 },
        layers: [],
      },
    ]);
    assert.equal(describeProgress("running", pruned), "epoch 3 of 90 · 62.0 % sparse");
    assert.equal(describeProgress("paused", pruned), "paused, epoch 3 of 90 · 62.0 % sparse");
    assert.equal(describeProgress("starting", NOT_BEGUN), "starting");
  });

  it("tells the time left at the pace so far, once there is a pace", () => {
    const trained = (epochs: number, recent: readonly number[]) => ({
      pace: { ...NO_PACE, epochs, planned: 40, recent },
    });
    assert.equal(describeTimeLeft(trained(10, [1, 3])), "1 min 00 s left at most");
    assert.equal(describeTimeLeft(NOT_BEGUN), undefined);
    assert.equal(describeTimeLeft(trained(40, [2])), undefined);
  });
});
