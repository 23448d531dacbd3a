/** `whittle log`: what happened in a run. */

import type { RunEvent } from "../protocol/events.ts";
import { asDuration } from "../protocol/figures.ts";
import { LIVE_STATES } from "../protocol/run.ts";
import type { Run } from "../runs/files/layout.ts";
import { readEvents } from "../runs/log/eventLog.ts";
import { followEvents } from "../runs/log/tail.ts";
import { readStatus } from "../runs/record/store.ts";
import { type CommonOptions, findRunOf } from "./options.ts";
import { printDocument, printLine } from "./output.ts";
import { describeEvent } from "./plainLines.ts";
import { advance, NO_PROGRESS, type Progress } from "./progress.ts";

/** With --json: all events as one array, after the run has ended if it is followed. */
export async function printLog(id: string, options: CommonOptions & { readonly follow?: boolean }): Promise<void> {
  const run = await findRunOf(id, options);
  const print = options.json ? () => undefined : createPrinter();
  if (options.follow) {
    await followToEnd(run, print);
  } else {
    print(await readEvents(run));
  }
  if (options.json) {
    printDocument(await readEvents(run));
  }
}

function createPrinter(): (events: readonly RunEvent[]) => void {
  let progress: Progress = NO_PROGRESS;
  let begin: number | undefined;
  return (events) => {
    for (const event of events) {
      begin ??= event.time;
      const line = describeEvent(event, progress, true);
      if (line !== undefined) {
        printLine(`${asDuration((event.time - begin) / 1000).padStart(12)}  ${line}`);
      }
      progress = advance(progress, event);
    }
  };
}

/** How often to ask whether the process is still there: its death leaves no event. */
const STATE_POLL_MS = 500;

async function followToEnd(run: Run, print: (events: readonly RunEvent[]) => void): Promise<void> {
  let seen = 0;
  const showNew = (events: readonly RunEvent[]): void => {
    const fresh = events.filter((event) => event.seq > seen);
    seen = fresh.at(-1)?.seq ?? seen;
    print(fresh);
  };
  const following = new AbortController();
  await Promise.all([
    followEvents(run, showNew, { signal: following.signal }),
    waitForEnd(run).finally(() => following.abort()),
  ]);
  // What came between the last look and the end.
  showNew(await readEvents(run));
}

async function waitForEnd(run: Run): Promise<void> {
  while (LIVE_STATES.has((await readStatus(run)).state)) {
    await new Promise((resolve) => setTimeout(resolve, STATE_POLL_MS));
  }
}
