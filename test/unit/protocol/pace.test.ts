import assert from "node:assert/strict";
import type { RunEvent } from "../../../src/protocol/events.ts";
import { followPace, NO_PACE, secondsLeft } from "../../../src/protocol/pace.ts";

const head = { seq: 1, time: 0 };
const epoch = (number: number, seconds: number, trained?: { steps: number; train: number }): RunEvent => ({
  ...head,
  type: "epoch",
  phase: "train",
  epoch: number,
  epochsPlanned: 10,
  learningRate: 0.1,
  lambda: 0,
  loss: 1,
  validation: { loss: 1, metric: 0.5 },
  sparsity: 0,
  remaining: [],
  unitsAlive: [],
  seconds,
  ...(trained === undefined
    ? {}
    : {
        steps: trained.steps,
        spent: { train: trained.train, data: 0, evaluate: 0, search: 0, checkpoint: 0 },
      }),
});

describe("the pace of a run", () => {
  it("reckons what is left from the last five epochs and the part of the running one", () => {
    let pace = NO_PACE;
    assert.equal(secondsLeft(pace), undefined);
    for (const [index, seconds] of [100, 102, 104, 106, 108, 110].entries()) {
      pace = followPace(pace, epoch(index + 1, seconds));
    }
    // The first epoch took 100 seconds, which no longer counts.
    assert.equal(secondsLeft(pace), 4 * 2);
    pace = followPace(pace, { ...head, type: "step", phase: "train", epoch: 7, step: 5, stepsPerEpoch: 20, loss: 1 });
    assert.equal(secondsLeft(pace), 3.75 * 2);
  });

  it("tells the steps a second of the last epoch, evaluation and searches left out", () => {
    let pace = followPace(NO_PACE, epoch(1, 5, { steps: 100, train: 2 }));
    assert.equal(pace.stepsPerSecond, 50);
    pace = followPace(pace, epoch(2, 9, { steps: 300, train: 3 }));
    assert.equal(pace.stepsPerSecond, 200);
    // Logs of 0.1.0 do not say.
    assert.equal(followPace(NO_PACE, epoch(1, 5)).stepsPerSecond, undefined);
  });
});
