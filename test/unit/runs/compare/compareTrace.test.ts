import assert from "node:assert/strict";
import { RunTrace } from "../../../../src/runs/compare/compareTrace.ts";
import { openEventLog } from "../../../../src/runs/log/eventLog.ts";
import { createRun } from "../../../../src/runs/record/store.ts";
import { samplePlan, stepEvent, useFolder } from "../record/sampleRuns.ts";
import { COURSE, epochEvent, numbered, pruneEvent } from "./sampleComparison.ts";

function traceOf(...events: Parameters<typeof numbered>[0]): RunTrace {
  const trace = new RunTrace();
  trace.fold(numbered(events));
  return trace;
}

describe("the course of a run", () => {
  const folder = useFolder();

  it("has a point per epoch, with the pruning that followed it", () => {
    const trace = traceOf(...COURSE);
    const { points, every } = trace.curve("r");
    assert.equal(every, 1);
    assert.deepEqual(
      points.map(({ epoch, step, seconds, sparsity, prunedTo, validation }) => [
        epoch,
        step,
        seconds,
        sparsity,
        prunedTo,
        validation.metric,
      ]),
      [
        [1, 7, 2, 0, undefined, 0.9],
        [2, 14, 4, 0, 0.5, 0.92],
        [3, 21, 6, 0.5, undefined, 0.91],
      ],
    );
    assert.equal(trace.prunings, 1);
    assert.deepEqual(
      trace.layers.map((layer) => [layer.remaining, layer.sparsity]),
      [
        [50, 0.5],
        [10, 0.5],
      ],
    );
  });

  it("forgets what a resume has superseded, a pruning without its epoch too", () => {
    const again = traceOf(...COURSE, { type: "resumed", after: 5 });
    assert.deepEqual(
      again.curve("r").points.map(({ epoch, prunedTo }) => [epoch, prunedTo]),
      [
        [1, undefined],
        [2, undefined],
      ],
    );
    assert.equal(again.layers[0]?.remaining, 100);
  });

  it("thins a very long course, but keeps every pruning and the end", () => {
    const epochs = Array.from({ length: 9000 }, (_, index) => epochEvent(index + 1, [100, 20], 0.9));
    const events = [...COURSE.slice(0, 1), ...epochs, pruneEvent(9000, [50, 10], 0.8), epochEvent(9001, [50, 10], 0.9)];
    events.splice(4322, 0, pruneEvent(4321, [90, 20], 0.9));
    const { points, every } = traceOf(...events).curve("r");
    assert.equal(every, 5);
    assert.ok(points.length < 2100, String(points.length));
    assert.deepEqual(
      points.filter((point) => point.prunedTo !== undefined).map((point) => point.epoch),
      [4321, 9000],
    );
    assert.equal(points.at(-1)?.epoch, 9001);
  });

  it("reads a log of many pieces while it grows, each event once", async () => {
    const run = await createRun(folder(), samplePlan, "long");
    const trace = new RunTrace();
    assert.equal(await trace.update(run), false);
    const log = await openEventLog(run);
    for (const event of COURSE.slice(0, 3)) {
      log.append(event);
    }
    // More than one piece, and a line that is longer than a piece.
    log.append({ type: "warning", message: "long ".repeat(60_000) });
    for (let index = 0; index < 4000; index += 1) {
      log.append(stepEvent(index));
    }
    assert.equal(await trace.update(run), true);
    log.append(stepEvent(4000));
    assert.equal(await trace.update(run), false, "steps change nothing that is compared");
    log.append(epochEvent(2, [100, 20], 0.92));
    assert.equal(await trace.update(run), true);
    log.close();
    assert.deepEqual(
      trace.curve("r").points.map((point) => point.epoch),
      [1, 2],
    );
  });
});
