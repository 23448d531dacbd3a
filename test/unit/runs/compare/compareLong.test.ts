import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import type { NewEvent } from "../../../../src/protocol/events.ts";
import { type CompareInput, compareRuns, loadCompareInput } from "../../../../src/runs/compare/compare.ts";
import { eventsPath } from "../../../../src/runs/files/layout.ts";
import { createRun } from "../../../../src/runs/record/store.ts";
import { samplePlan, stepEvent, useFolder } from "../record/sampleRuns.ts";
import { COURSE, epochEvent, numbered } from "./sampleComparison.ts";

const LONG = 100_000;
const USUAL = 4_000;
/** A log of 100,000 events is read in more pieces than this. */
const LEAST_TURNS = 10;

/** A log as training writes it: an epoch after every 250 steps. */
function longLog(count: number): string {
  const events: NewEvent[] = [...COURSE.slice(0, 2)];
  while (events.length < count) {
    const at = events.length;
    events.push(at % 250 === 0 ? epochEvent(at / 250, [100, 20], 0.9) : stepEvent(at));
  }
  return numbered(events)
    .map((event) => `${JSON.stringify(event)}\n`)
    .join("");
}

describe("a comparison of 10 runs, one of them with 100,000 events", () => {
  const folder = useFolder();

  it("has all its epochs, and leaves others their turn while it is read", async () => {
    const runs = await Promise.all(Array.from({ length: 10 }, () => createRun(folder(), samplePlan, "many")));
    const usual = longLog(USUAL);
    await Promise.all(runs.map((run, index) => writeFile(eventsPath(run), index === 0 ? longLog(LONG) : usual)));
    let turns = 0;
    let isReading = true;
    const takeTurn = (): void => {
      turns += 1;
      if (isReading) setImmediate(takeTurn);
    };
    setImmediate(takeTurn);
    const inputs: CompareInput[] = [];
    // As the panel does.
    for (const run of runs) {
      inputs.push(await loadCompareInput(run));
    }
    const comparison = compareRuns(inputs);
    const curves = inputs.map(({ run, trace }) => trace.curve(run.id));
    isReading = false;
    assert.equal(comparison.runs.length, 10);
    assert.ok((curves[0]?.points.length ?? 0) > 390);
    assert.ok(turns > LEAST_TURNS, `${turns} turns`);
  });
});
