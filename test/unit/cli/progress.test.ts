import assert from "node:assert/strict";
import { advance, NO_PROGRESS, type Progress } from "../../../src/cli/progress.ts";
import { advance as advanceSummary } from "../../../src/editor/runs/runSummary.ts";
import type { NewEvent } from "../../../src/protocol/events.ts";
import { NO_PACE, type Pace, secondsLeft } from "../../../src/protocol/pace.ts";
import { EMPTY_VIEW, foldEvents } from "../../../src/webview/live/runView.ts";
import { epoch, MODEL, numbered, step } from "./events.ts";

const progressAfter = (...events: NewEvent[]): Progress => numbered(...events).reduce(advance, NO_PROGRESS);

/** As panel and status bar have it too: one figure for all. */
function paceAfter(...events: NewEvent[]): Pace {
  const { pace } = progressAfter(...events);
  const all = numbered(...events);
  assert.deepEqual(foldEvents(EMPTY_VIEW, all).pace, pace);
  assert.deepEqual(advanceSummary({ epoch: 0, pace: NO_PACE }, all).pace, pace);
  return pace;
}

describe("progress of a run", () => {
  it("takes layers, figures and phase from the events", () => {
    const progress = progressAfter(MODEL, epoch(1, 2), epoch(2, 4, [400, 40]), step(1));
    assert.equal(progress.metric, "accuracy");
    assert.equal(progress.pace.epochs, 2);
    assert.equal(progress.pace.part, 0.25);
    assert.equal(progress.loss, 0.125);
    assert.deepEqual(progress.validation, { loss: 0.25, metric: 0.975 });
    assert.deepEqual(
      progress.layers.map((layer) => [layer.name, layer.total, layer.remaining]),
      [
        ["hidden/kernel", 1000, 400],
        ["output/kernel", 100, 40],
      ],
    );
    assert.ok(Math.abs(progress.sparsity - 0.6) < 1e-12);
  });

  it("reckons the time left from the last epochs, the running one counted in part", () => {
    assert.equal(secondsLeft(paceAfter(MODEL)), undefined);
    // Two epochs of 2 s; 8 of 10 are left, a quarter of one is done.
    assert.equal(secondsLeft(paceAfter(MODEL, epoch(1, 2), epoch(2, 4), step(1))), (8 - 0.25) * 2);
    // A slow first epoch is forgotten after five more.
    const slowStart = [100, 101, 102, 103, 104, 105].map((seconds, index) => epoch(index + 1, seconds));
    assert.equal(secondsLeft(paceAfter(MODEL, ...slowStart)), 4);
    assert.equal(secondsLeft(paceAfter(MODEL, epoch(10, 20))), 0);
  });

  it("counts the probes of the search that is running", () => {
    const probe: NewEvent = {
      type: "probe",
      threshold: 0.1,
      sparsity: 0.5,
      validation: { loss: 1, metric: 0.9 },
      accepted: true,
    };
    const search: NewEvent = { type: "phase", phase: "search", reason: "interval" };
    assert.equal(progressAfter(search, probe, probe).probes, 2);
    assert.equal(progressAfter(search, probe, search, probe).probes, 1);
  });
});
