import assert from "node:assert/strict";
import { appendFileSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import type { RunEvent } from "../../../../src/protocol/events.ts";
import { eventsPath } from "../../../../src/runs/files/layout.ts";
import { openEventLog, readEventsWithPosition } from "../../../../src/runs/log/eventLog.ts";
import { createLogReader, followEvents } from "../../../../src/runs/log/tail.ts";
import { createRun } from "../../../../src/runs/record/store.ts";
import { samplePlan, stepEvent, useFolder } from "../record/sampleRuns.ts";

const seqs = (events: readonly RunEvent[]) => events.map((event) => event.seq);

describe("following a log", () => {
  const folder = useFolder();
  const newRun = () => createRun(folder(), samplePlan, "t");

  it("waits for the log, then passes on every event in order, and ends when told to", async () => {
    const run = await newRun();
    const abort = new AbortController();
    const got: RunEvent[] = [];
    const following = followEvents(
      run,
      (events) => {
        got.push(...events);
        if (got.length >= 30) {
          abort.abort();
        }
      },
      { signal: abort.signal },
    );
    const log = await openEventLog(run);
    const written: RunEvent[] = [];
    for (let step = 0; step < 29; step += 1) {
      written.push(log.append(stepEvent(step)));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    written.push(log.append({ type: "resumed", after: 3 }));
    await following;
    log.close();
    assert.deepEqual(got, written);
  });

  it("reads bytes that come one by one, characters cut in their middle", async () => {
    const run = await newRun();
    const log = await openEventLog(run);
    const written = [log.append({ type: "warning", message: "ü😀" }), log.append(stepEvent(1))];
    log.close();
    const bytes = readFileSync(eventsPath(run));
    rmSync(eventsPath(run));
    const read = createLogReader(run);
    const got: RunEvent[] = [...read()];
    for (const byte of bytes) {
      appendFileSync(eventsPath(run), Uint8Array.of(byte));
      got.push(...read());
    }
    assert.deepEqual(got, written);
  });

  it("goes on where a snapshot ended, across a torn line that the writer cuts off", async () => {
    const run = await newRun();
    const log = await openEventLog(run);
    log.append(stepEvent(0));
    log.close();
    const { events, next } = await readEventsWithPosition(run);
    assert.deepEqual(seqs(events), [1]);
    const read = createLogReader(run, next);
    for (const torn of ['{"seq":2,"ti', "\u0000\u0000\n"]) {
      appendFileSync(eventsPath(run), torn);
      assert.deepEqual(read(), []);
    }
    truncateSync(eventsPath(run), next.offset);
    const again = await openEventLog(run);
    again.append(stepEvent(1));
    again.close();
    assert.deepEqual(seqs(read()), [2]);
    assert.deepEqual(read(), []);
  });

  it("is woken by its other source", async () => {
    const run = await newRun();
    const abort = new AbortController();
    let looks = 0;
    let unsubscribed = false;
    await followEvents(run, () => undefined, {
      signal: abort.signal,
      wakeOn: (wake) => {
        looks += 1;
        setImmediate(() => {
          abort.abort();
          wake();
        });
        return () => {
          unsubscribed = true;
        };
      },
    });
    assert.equal(looks, 1);
    assert.ok(unsubscribed);
  });

  it("ends with an error when the folder goes, the log is cut, a line is broken, or the listener throws", async () => {
    const signal = new AbortController().signal;
    const start = async (breakIt: (dir: string, file: string) => void) => {
      const run = await newRun();
      const log = await openEventLog(run);
      log.append(stepEvent(0));
      log.append(stepEvent(1));
      log.close();
      let broken = false;
      return followEvents(
        run,
        () => {
          if (!broken) {
            broken = true;
            breakIt(run.dir, eventsPath(run));
          }
        },
        { signal },
      );
    };
    await assert.rejects(
      start((dir) => renameSync(dir, `${dir}-moved`)),
      (error) => error instanceof WhittleError && error.message.includes("is gone"),
    );
    await assert.rejects(
      start((_, file) => writeFileSync(file, "")),
      (error) => error instanceof WhittleError && error.message.includes("was cut"),
    );
    await assert.rejects(
      start((_, file) => appendFileSync(file, "rubbish\nmore\n")),
      (error) => error instanceof WhittleError && error.message.includes(`Line 3 of`),
    );
    await assert.rejects(
      start(() => {
        throw new RangeError("mine");
      }),
      RangeError,
    );
  });
});
