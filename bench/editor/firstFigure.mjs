/** From the click on the lens to the first figure that training gives, drawn in the live panel. */
import assert from "node:assert/strict";
import { ENDLESS, writeExperiment } from "../../test/integration/workspace.mjs";
import { asTable, asTime, median, timeLine } from "./figures.mjs";
import { awaitClick, clickedAt, seenAt, watchPanels } from "./panelWatch.mjs";
import { freshWindow } from "./windows.mjs";

/** What happens in between, by the run's own record and events. */
const STAGES = [
  ["run folder made", ({ record }) => Date.parse(record.createdAt)],
  ["training process says hello", ({ events }) => timeOf(events, (one) => one.type === "state")],
  ["engine loaded", ({ events }) => timeOf(events, (one) => one.type === "engine")],
  ["model and data loaded", ({ events }) => timeOf(events, (one) => one.type === "model")],
  ["first step trained", ({ events }) => timeOf(events, (one) => one.type === "step")],
];

export function firstFigure(report, repetitions) {
  return {
    name: "click on the lens → first figure of the training",
    prepare: (workspace) => writeExperiment(workspace, ENDLESS),
    async run(kit) {
      const [first, second] = [[], []];
      await kit.step("runs are started with a click, the first of a window and a second one", async () => {
        await watchPanels(kit.page);
        for (let turn = 0; turn < repetitions; turn += 1) {
          await freshWindow(kit);
          await kit.openModel();
          first.push(await measureRun(kit));
          await kit.open(kit.modelFile);
          second.push(await measureRun(kit));
        }
      });
      const drawn = (runs) => runs.map((run) => run.drawn);
      report.add(timeLine({ what: "Click → first figure, first run of a window", values: drawn(first), target: 3000 }));
      report.add(timeLine({ what: "Click → first figure, second run", values: drawn(second), target: 1000 }));
      report.tell(describeStages(first, second));
    },
  };
}

/** @returns milliseconds from the click to each stage, to the panel's page and to the first figure in it */
async function measureRun(kit) {
  const known = new Set((await kit.readRuns()).map((run) => run.id));
  await kit.lens("▶ Prune").waitFor();
  await awaitClick(kit.page);
  await kit.lens("▶ Prune").click();
  const run = await kit.until("the run is trained", async () => {
    const fresh = (await kit.readRuns()).find(({ id }) => !known.has(id));
    return fresh?.events.some((event) => event.type === "step") && fresh;
  });
  const drawn = await kit.until("its first figure is drawn", () =>
    seenAt(kit.page, ({ id, loss }) => id === run.id && /\d/.test(loss)),
  );
  const page = await seenAt(kit.page, ({ id }) => id === run.id);
  const click = await clickedAt(kit.page);
  await stop(kit, run);
  const stages = STAGES.map(([, at]) => at(run) - click);
  return { stages, page: page - click, drawn: drawn - click };
}

async function stop(kit, { id, dir }) {
  await kit.startCommand("whittle.stopRun", dir);
  await kit.until("it has stopped", async () => {
    const { record } = (await kit.readRuns()).find((one) => one.id === id);
    assert.notEqual(record.state, "failed");
    return record.state === "stopped";
  });
}

function timeOf(events, fits) {
  return events.find(fits).time;
}

function describeStages(...groups) {
  const row = (what, value) => [what, ...groups.map((runs) => asTime(median(runs.map(value))))];
  const rows = [
    ...STAGES.map(([what], index) => row(what, (run) => run.stages[index])),
    row("first figure drawn", (run) => run.drawn),
    row("(the panel's empty page drawn)", (run) => run.page),
  ];
  return `Median since the click:\n\n${asTable(["until", "first run of a window", "second run"], rows)}`;
}
