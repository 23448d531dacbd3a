/** The folder that a scenario works in: the examples, with an experiment that takes seconds; and the runs made there. */
import { existsSync } from "node:fs";
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

/** The example's own network, with a budget of seconds. */
const SHORT = `defineExperiment({
  model: lenet300,
  data: "digits",
  epochs: 2,
  pruning: { interval: 1, maxEpochs: 4, finetuneEpochs: 1, bound: { maxDrop: 3 } },
});`;
/** The same, long enough to be looked at while it goes on, also where a step takes a millisecond. */
export const WATCHED = `defineExperiment({
  model: lenet300,
  data: "digits",
  epochs: 4,
  pruning: { interval: 2, maxEpochs: 40, finetuneEpochs: 1, bound: { maxDrop: 3 }, minPruned: 0 },
});`;
/** The same without an end that a test would wait for: it stops the run, or kills it. */
export const ENDLESS = `defineExperiment({
  model: lenet300,
  data: "digits",
  epochs: 2,
  pruning: { interval: 1, maxEpochs: 400, finetuneEpochs: 0, bound: { maxDrop: 10 }, minPruned: 0 },
});`;
const EXPERIMENT = /defineExperiment\(\{[\s\S]*\}\);/;
const LIVE = ["queued", "starting", "running", "paused", "stopping"];

export const MODEL_FILE = "lenet300.model.ts";

/** @param root of this project */
export async function makeWorkspace(root, workspace) {
  await cp(join(root, "examples"), workspace, { recursive: true });
  await writeExperiment(workspace, SHORT);
}

/** @param experiment source of the `defineExperiment` that the model file is to have */
export async function writeExperiment(workspace, experiment) {
  const file = join(workspace, MODEL_FILE);
  const text = await readFile(file, "utf8");
  if (!EXPERIMENT.test(text)) {
    throw new Error(`${file} no longer has the experiment that this test replaces.`);
  }
  await writeFile(file, text.replace(EXPERIMENT, experiment));
}

/** @returns {Promise<{ id: string, dir: string, record: any, events: any[] }[]>} oldest first */
export async function readRuns(workspace) {
  const folders = await listRuns(workspace);
  return Promise.all(
    folders.map(async (dir) => ({
      id: basename(dir),
      dir,
      record: JSON.parse(await readFile(join(dir, "run.json"), "utf8")),
      events: await readEvents(dir),
    })),
  );
}

/** @returns {Promise<string[]>} folders, the oldest first */
async function listRuns(workspace) {
  const folder = join(workspace, ".whittle", "runs");
  const ids = existsSync(folder) ? (await readdir(folder)).filter((id) => !id.startsWith(".")) : [];
  return ids.sort().map((id) => join(folder, id));
}

/** As a user would who knows nothing of the process that writes into the folder meanwhile, and may do so once more. */
export function deleteUnderItsTrainer(dir) {
  return rm(dir, { recursive: true, force: true, maxRetries: 10 });
}

async function readEvents(dir) {
  const file = join(dir, "events.jsonl");
  const text = existsSync(file) ? await readFile(file, "utf8") : "";
  // A line that is being written has no end yet.
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

/** Training processes outlive the editor by design; those of a test must not outlive the test. */
export async function endTrainers(workspace, say) {
  // By their logs alone: what a scenario broke may be without a record.
  for (const dir of await listRuns(workspace)) {
    const events = await readEvents(dir);
    const states = events.filter((event) => event.type === "state");
    const pid = states.findLast((event) => event.pid !== undefined)?.pid;
    if (pid !== undefined && LIVE.includes(states.at(-1)?.state)) {
      say(`ending training process ${pid}`);
      endProcess(pid);
    }
  }
}

/** At once and without asking; one that is gone already is fine. */
export function endProcess(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") {
      throw error;
    }
  }
}
