/** A workspace with hundreds of runs: their list, a comparison of ten, and the panel of a very long one. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { storeRun } from "../../test/integration/storedRuns.ts";
import { MODEL_FILE } from "../../test/integration/workspace.mjs";
import { timeLine } from "./figures.mjs";
import { awaitClick, clickedAt, seenAt, watchElements, watchPanels } from "./panelWatch.mjs";
import { runCourse } from "./runCourse.ts";
import { freshWindow } from "./windows.mjs";

const RUNS = 500;
const COMPARED = 10;
const LONG_EVENTS = 100_000;
/** More than this are on the screen when the view is painted. */
const ROWS_IN_SIGHT = 25;
const ICON = '.activitybar .action-item a[aria-label^="Whittle"]';
const ROW = ".sidebar .monaco-list-row";

/** In the order of their ids the long one comes last, so it is the newest, and in sight. */
const idOf = (number) => `20261120-${String(100_000 + number)}-lenet300-${String(number).padStart(4, "0")}`;
const LONG = RUNS - 1;

export function storedRuns(report, repetitions) {
  return {
    name: `${RUNS} stored runs`,
    async prepare(workspace) {
      const file = join(workspace, MODEL_FILE);
      for (let number = 0; number < RUNS; number += 1) {
        const course = courseOf(number);
        const sparsity = 0.9 + number / (20 * RUNS);
        const run = { id: idOf(number), name: "lenet300", seed: number, sparsity, metric: 0.97, file };
        await storeRun(workspace, course === undefined ? run : { ...run, course });
      }
      const log = await readFile(join(dirOf(workspace, LONG), "events.jsonl"), "utf8");
      assert.ok(log.split("\n").length > LONG_EVENTS);
    },
    async run(kit) {
      const times = { waking: [], active: [], long: [], compare: [] };
      await kit.step("the view, the long run and the comparison are opened in fresh windows", async () => {
        await watchPanels(kit.page);
        for (let turn = 0; turn < repetitions; turn += 1) {
          await freshWindow(kit);
          times.waking.push(await openView(kit));
          await freshWindow(kit);
          await kit.openModel();
          times.active.push(await openView(kit));
          times.long.push(await openLongRun(kit));
          times.compare.push(await compare(kit));
        }
      });
      report.add(
        timeLine({ what: `Runs view with ${RUNS} runs, click → rows`, values: times.active, target: 500 }),
        timeLine({ what: "… first thing in a window, before a model file is open", values: times.waking, target: 500 }),
        timeLine({ what: `Panel of a run of ${LONG_EVENTS} events, click → drawn`, values: times.long, target: 1000 }),
        timeLine({ what: `Comparison of ${COMPARED} runs, command → drawn`, values: times.compare, target: 2000 }),
      );
    },
  };
}

/** Those that are compared are as long as LeNet-300-100's, 100 epochs and about 1,000 events. */
function courseOf(number) {
  if (number === LONG) {
    return runCourse({ epochs: 700, steps: 132 });
  }
  return number < COMPARED ? runCourse({ epochs: 100, steps: 6 }) : undefined;
}

const dirOf = (workspace, number) => join(workspace, ".whittle", "runs", idOf(number));

/** @returns milliseconds until the rows in sight are there */
async function openView(kit) {
  const rows = await watchElements(kit.page, ROW, ROWS_IN_SIGHT);
  await awaitClick(kit.page);
  await kit.page.locator(ICON).click();
  return (await rows.at) - (await clickedAt(kit.page));
}

async function openLongRun(kit) {
  await awaitClick(kit.page);
  await kit.page
    .locator(ROW, { hasText: idOf(LONG).slice(-4) })
    .first()
    .click();
  const drawn = await kit.until("its panel is drawn", () => seenAt(kit.page, ({ id }) => id === idOf(LONG)));
  const took = drawn - (await clickedAt(kit.page));
  // The run that is shown last is the one whose log is read when the next window opens: that shall be a short one.
  await kit.startCommand("whittle.openPanel", dirOf(kit.workspace, COMPARED));
  await kit.until("another is shown", () => seenAt(kit.page, ({ id }) => id === idOf(COMPARED)));
  return took;
}

async function compare(kit) {
  const dirs = Array.from({ length: COMPARED }, (_, number) => dirOf(kit.workspace, number));
  const began = await kit.inHost((vscode, folders) => {
    vscode.commands.executeCommand("whittle.compareRuns", folders);
    return Date.now();
  }, dirs);
  const title = `${COMPARED} runs compared`;
  return (await kit.until("it is drawn", () => seenAt(kit.page, (one) => one.title === title))) - began;
}
