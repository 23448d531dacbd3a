import assert from "node:assert/strict";
import { appendFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import type { RunEvent } from "../../../../src/protocol/events.ts";
import { eventsPath, type Run } from "../../../../src/runs/files/layout.ts";
import { foldResumed, openEventLog, readEvents, readEventsWithPosition } from "../../../../src/runs/log/eventLog.ts";
import { createRun } from "../../../../src/runs/record/store.ts";
import { samplePlan, stepEvent, useFolder } from "../record/sampleRuns.ts";

async function writeSteps(run: Run, count: number): Promise<RunEvent[]> {
  const log = await openEventLog(run);
  const events = Array.from({ length: count }, (_, step) => log.append(stepEvent(step)));
  log.close();
  return events;
}

describe("event log", () => {
  const folder = useFolder();
  const newRun = () => createRun(folder(), samplePlan, "e");

  it("numbers from 1, goes on after it was closed, and reads back what was appended", async () => {
    const run = await newRun();
    assert.deepEqual(await readEvents(run), []);
    const first = await writeSteps(run, 3);
    const log = await openEventLog(run);
    assert.equal(log.seq, 3);
    const warning = log.append({ type: "warning", message: "zwei\nZeilen ü 😀" });
    log.flush();
    log.close();
    assert.equal(log.seq, 4);
    assert.deepEqual(
      [...first, warning].map((event) => event.seq),
      [1, 2, 3, 4],
    );
    assert.deepEqual(await readEvents(run), [...first, warning]);
    assert.equal(readFileSync(eventsPath(run), "utf8").split("\n").length, 5);
  });

  it("drops a last line torn at any byte, and only that line", async () => {
    const run = await newRun();
    const file = eventsPath(run);
    const log = await openEventLog(run);
    log.append(stepEvent(0));
    const kept = statSync(file).size;
    log.append({ type: "warning", message: "ü😀" });
    log.close();
    const whole = readFileSync(file);
    for (let length = kept; length < whole.length; length += 1) {
      writeFileSync(file, whole.subarray(0, length));
      assert.equal((await readEvents(run)).length, 1, `read, ${length} bytes`);
      const opened = await openEventLog(run);
      assert.equal(opened.seq, 1);
      opened.close();
      assert.ok(readFileSync(file).equals(whole.subarray(0, kept)), `opened, ${length} bytes`);
    }
  });

  it("drops a last line that ends and is no event", async () => {
    for (const torn of ["{\n", "\u0000\u0000\u0000\n", '{"seq":3,"time":1,"type":"warning"}\n', "\n"]) {
      const run = await newRun();
      await writeSteps(run, 2);
      appendFileSync(eventsPath(run), torn);
      assert.equal((await readEvents(run)).length, 2);
      await writeSteps(run, 1);
      assert.deepEqual(
        (await readEvents(run)).map((event) => event.seq),
        [1, 2, 3],
      );
    }
  });

  it("names the line that is broken before the end, and does not touch the file", async () => {
    const run = await newRun();
    await writeSteps(run, 4);
    const lines = readFileSync(eventsPath(run), "utf8").split("\n");
    for (const broken of ["{", '{"seq":2}', lines[0] ?? "", lines[2] ?? "", ""]) {
      const text = lines.with(1, broken).join("\n");
      writeFileSync(eventsPath(run), text);
      for (const reading of [readEvents(run), openEventLog(run)]) {
        await assert.rejects(
          reading,
          (error) => error instanceof WhittleError && error.message.includes(`Line 2 of ${eventsPath(run)}`),
        );
      }
      assert.equal(readFileSync(eventsPath(run), "utf8"), text);
    }
  });

  it("refuses figures that JSON cannot keep, and stays whole", async () => {
    const run = await newRun();
    const log = await openEventLog(run);
    const event = stepEvent(1);
    assert.throws(() => log.append({ ...event, loss: Number.NaN } as typeof event), /loss is NaN/);
    log.append(event);
    log.close();
    assert.equal((await readEvents(run)).length, 1);
  });
});

describe("the latest steps of a log", () => {
  const folder = useFolder();

  it("are those that no other step follows; the rest of the log is as it is, and so is its end", async () => {
    const run = await createRun(folder(), samplePlan, "e");
    const log = await openEventLog(run);
    // Longer than what is read in one turn.
    for (let step = 0; step < 1700; step += 1) {
      log.append(step % 400 === 399 ? { type: "warning", message: "ü" } : stepEvent(step));
    }
    log.close();
    const all = await readEventsWithPosition(run);
    const latest = await readEventsWithPosition(run, "latest");
    assert.deepEqual(latest.next, all.next);
    const isLatest = (event: RunEvent): boolean => event.type !== "step" || all.events[event.seq]?.type !== "step";
    assert.deepEqual(latest.events.filter(isLatest), all.events.filter(isLatest));
    assert.ok(latest.events.length < 20, `${latest.events.length} are left`);
  });

  it("are not read past one that is broken", async () => {
    const run = await createRun(folder(), samplePlan, "e");
    await writeSteps(run, 9);
    const file = eventsPath(run);
    writeFileSync(file, readFileSync(file, "utf8").replace('"seq":5', '"seq":6'));
    await assert.rejects(readEventsWithPosition(run, "latest"), /Line 5 of .*its number is 6 and should be 5/);
  });
});

describe("foldResumed", () => {
  const step = (seq: number): RunEvent => ({ seq, time: 0, ...stepEvent(seq) }) as RunEvent;
  const resumed = (seq: number, after: number): RunEvent => ({ seq, time: 0, type: "resumed", after });
  const seqs = (events: readonly RunEvent[]) => events.map((event) => event.seq);

  it("drops what a resume superseded, earlier resumes included", () => {
    assert.deepEqual(seqs(foldResumed([step(1), step(2), step(3), resumed(4, 2), step(5)])), [1, 2, 4, 5]);
    assert.deepEqual(
      seqs(foldResumed([step(1), step(2), resumed(3, 1), step(4), resumed(5, 1), step(6), resumed(7, 5), step(8)])),
      [1, 5, 7, 8],
    );
    assert.deepEqual(seqs(foldResumed([step(1), resumed(2, 0)])), [2]);
  });

  it("keeps exactly the events that no resumed event covers, in one pass or in two", () => {
    const logs = fc
      .array(fc.option(fc.nat({ max: 100 })), { maxLength: 40 })
      .map((draws) => draws.map((draw, at) => (draw === null ? step(at + 1) : resumed(at + 1, draw % (at + 1)))));
    fc.assert(
      fc.property(logs, fc.nat({ max: 40 }), (events, cut) => {
        const expected = events.filter(
          ({ seq }) => !events.some((other) => other.type === "resumed" && other.after < seq && seq < other.seq),
        );
        assert.deepEqual(foldResumed(events), expected);
        assert.deepEqual(foldResumed([...foldResumed(events.slice(0, cut)), ...events.slice(cut)]), expected);
      }),
    );
  });
});
