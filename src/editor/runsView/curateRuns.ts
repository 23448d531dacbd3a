/** Commands by which a user keeps runs in order: rename, tag, pin, delete. */
import * as vscode from "vscode";
import type { Run } from "../../runs/files/layout.ts";
import { deleteRun } from "../../runs/record/store.ts";
import type { App } from "../app.ts";
import { chooseRun, chooseRuns } from "../pick/chooseRuns.ts";
import { isLive } from "../runs/runSummary.ts";
import { stopRuns } from "../training/steerRuns.ts";

/** @param argument see `chooseRuns`, as for all commands here */
export async function renameRun(app: App, argument: unknown): Promise<void> {
  const run = await chooseRun(app, argument, { title: vscode.l10n.t("Rename which run?") });
  if (run === undefined) {
    return;
  }
  const watched = app.runs.get(run.dir);
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t("Rename {0}", run.id),
    prompt: vscode.l10n.t("Shown instead of {0}; the id and the folder stay.", watched?.record.name ?? run.id),
    value: watched?.name ?? "",
  });
  if (name !== undefined) {
    await app.runs.mark(run, { name });
  }
}

/** One run gets exactly the tags that are typed, several get them in addition to their own. */
export async function tagRun(app: App, argument: unknown): Promise<void> {
  const runs = await chooseRuns(app, argument, { title: vscode.l10n.t("Tag which runs?") });
  const [first] = runs;
  if (first === undefined) {
    return;
  }
  const tagsOf = (run: Run): readonly string[] => app.runs.get(run.dir)?.marks.tags ?? [];
  const known = [...new Set(app.runs.all().flatMap(({ marks }) => marks.tags))].slice(0, 10).join(", ");
  const typed = await vscode.window.showInputBox({
    title:
      runs.length === 1
        ? vscode.l10n.t("Tags of {0}", app.runs.get(first.dir)?.name ?? first.id)
        : vscode.l10n.t("Tags to add to {0} runs", runs.length),
    prompt:
      known === "" ? vscode.l10n.t("Separated by commas") : vscode.l10n.t("Separated by commas. In use: {0}", known),
    value: runs.length === 1 ? tagsOf(first).join(", ") : "",
  });
  if (typed === undefined) {
    return;
  }
  const tags = typed.split(",");
  await Promise.all(
    runs.map((run) => app.runs.mark(run, { tags: runs.length === 1 ? tags : [...tagsOf(run), ...tags] })),
  );
}

export async function pinRun(app: App, argument: unknown): Promise<void> {
  const runs = await chooseRuns(app, argument, {
    title: vscode.l10n.t("Pin which runs?"),
    fits: ({ marks }) => !marks.pinned,
  });
  await Promise.all(runs.map((run) => app.runs.mark(run, { pinned: true })));
}

export async function unpinRun(app: App, argument: unknown): Promise<void> {
  const runs = await chooseRuns(app, argument, {
    title: vscode.l10n.t("Unpin which runs?"),
    fits: ({ marks }) => marks.pinned,
  });
  await Promise.all(runs.map((run) => app.runs.mark(run, { pinned: false })));
}

/** After a confirmation; runs that are going on are stopped first. */
export async function deleteRuns(app: App, argument: unknown): Promise<void> {
  const runs = await chooseRuns(app, argument, { title: vscode.l10n.t("Delete which runs?") });
  if (runs.length === 0 || !(await confirmDeletion(app, runs))) {
    return;
  }
  await stopRuns(
    app,
    runs.filter((run) => isGoingOn(app, run)),
  );
  for (const run of runs) {
    await deleteRun(run);
    app.log.info(`Run ${run.id} deleted`);
  }
  await app.folders.refresh();
}

async function confirmDeletion(app: App, runs: readonly Run[]): Promise<boolean> {
  const [first] = runs;
  const names = runs.slice(0, 10).map((run) => `${app.runs.get(run.dir)?.name ?? run.id} (${run.id})`);
  const going = runs.filter((run) => isGoingOn(app, run)).length;
  const detail = [
    ...(runs.length === 1 ? [] : [...names, ...(runs.length > names.length ? ["…"] : [])]),
    ...(going === 0 ? [] : [vscode.l10n.t("Those that are going on are stopped first ({0}).", going)]),
    vscode.l10n.t("Log, checkpoints and result are deleted from the disk and cannot be restored."),
  ].join("\n");
  const remove = vscode.l10n.t("Delete");
  const picked = await vscode.window.showWarningMessage(
    runs.length === 1 && first !== undefined
      ? vscode.l10n.t("Delete run {0}?", names[0] ?? first.id)
      : vscode.l10n.t("Delete {0} runs?", runs.length),
    { modal: true, detail },
    remove,
  );
  return picked === remove;
}

function isGoingOn(app: App, run: Run): boolean {
  const watched = app.runs.get(run.dir);
  return watched !== undefined && isLive(watched.state);
}
