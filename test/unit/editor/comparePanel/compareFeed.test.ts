import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { CompareFeed } from "../../../../src/editor/comparePanel/compareFeed.ts";
import type { RunWatch, WatchedRun } from "../../../../src/editor/runs/runWatch.ts";
import type { Comparison, RunCurve } from "../../../../src/protocol/comparison.ts";
import type { RunState } from "../../../../src/protocol/run.ts";
import { eventsPath, recordPath } from "../../../../src/runs/files/layout.ts";
import { openEventLog } from "../../../../src/runs/log/eventLog.ts";
import { createRun, deleteRun, type Run, readRecord } from "../../../../src/runs/record/store.ts";
import { epochEvent, numbered, sampleInput } from "../../runs/compare/sampleComparison.ts";
import { samplePlan, useFolder } from "../../runs/record/sampleRuns.ts";

/** A watch whose runs the test sets. */
function fakeWatch() {
  const known = new Map<string, WatchedRun>();
  const listeners = new Set<() => void>();
  const watch = {
    get: (dir: string) => known.get(dir),
    onDidChange: (listener: () => void) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  };
  return {
    runs: watch as unknown as RunWatch,
    listeners,
    async set(run: Run, state: RunState, name = "lenet300"): Promise<void> {
      known.set(run.dir, { run, record: await readRecord(run), state, name } as WatchedRun);
    },
    forget: (run: Run) => known.delete(run.dir),
    fire: () => {
      for (const listener of listeners) {
        listener();
      }
    },
  };
}

describe("the feed of a comparison panel", () => {
  const folder = useFolder();

  async function storedRun(id: string): Promise<Run> {
    const run = await createRun(folder(), samplePlan, id);
    const { record } = sampleInput({ id: run.id, sparsity: 0.9 });
    await writeFile(recordPath(run), JSON.stringify({ ...record, id: run.id }));
    await writeFile(eventsPath(run), "");
    return run;
  }

  it("tells all at first, then the runs that change, and nothing when none does", async () => {
    const [done, live] = [await storedRun("done"), await storedRun("live")];
    const watch = fakeWatch();
    await watch.set(done, "done");
    await watch.set(live, "running");
    const told: { comparison: Comparison; curves: readonly RunCurve[] }[] = [];
    const notes: string[] = [];
    const log = { error: () => undefined } as never;
    const feed = new CompareFeed([done, live], {
      runs: watch.runs,
      log,
      onComparison: (comparison, curves) => told.push({ comparison, curves }),
      onNote: (note) => notes.push(note),
    });
    const settle = async (): Promise<void> => {
      watch.fire();
      await feed.refresh();
    };
    await feed.tellAll();
    assert.deepEqual(
      told.at(-1)?.curves.map((curve) => curve.id),
      [done.id, live.id],
    );
    // The watch knows the state better than the record, which a process that is gone cannot correct.
    await settle();
    assert.equal(told.at(-1)?.comparison.runs[1]?.state, "running");
    const before = told.length;
    await settle();
    assert.equal(told.length, before);

    const events = await openEventLog(live);
    events.append({ type: "model", layers: [], params: 1, metric: "accuracy" });
    events.append(epochEvent(1, [], 0.9));
    await settle();
    assert.equal(told.length, before + 1);
    assert.deepEqual(
      told.at(-1)?.curves.map(({ id, points }) => [id, points.length]),
      [[live.id, 1]],
    );
    events.close();

    await watch.set(done, "done", "renamed");
    await settle();
    assert.equal(told.at(-1)?.comparison.runs[0]?.name, "renamed");

    await watch.set(live, "stopped");
    await deleteRun(live);
    watch.forget(live);
    await settle();
    assert.deepEqual(
      told.at(-1)?.comparison.runs.map((run) => run.id),
      [done.id],
    );
    assert.match(notes.join(), /is not a run/);
    feed.dispose();
    assert.equal(watch.listeners.size, 0);
  });

  it("goes on without a run whose log is damaged, and says so", async () => {
    const [good, bad] = [await storedRun("good"), await storedRun("bad")];
    await writeFile(eventsPath(bad), `nonsense\n${JSON.stringify(numbered([epochEvent(1, [], 0.9)])[0])}\n`);
    const notes: string[] = [];
    const feed = new CompareFeed([good, bad], {
      runs: fakeWatch().runs,
      log: { error: () => undefined } as never,
      onComparison: () => undefined,
      onNote: (note) => notes.push(note),
    });
    await feed.tellAll();
    assert.deepEqual(
      feed.comparison?.runs.map((run) => run.id),
      [good.id],
    );
    assert.match(notes.join(), /Line 1 of .* is not an event/);
    feed.dispose();
  });
});
