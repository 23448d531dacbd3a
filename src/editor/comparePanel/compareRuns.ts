/** Commands that set runs beside each other: their figures, their model sources. */
import * as vscode from "vscode";
import { z } from "zod";
import { WhittleError } from "../../protocol/errors.ts";
import type { App } from "../app.ts";
import { startTargetSchema } from "../base/startTarget.ts";
import { openGiven } from "../pick/chooseRuns.ts";
import { pickRuns } from "../pick/pickRuns.ts";
import type { WatchedRun } from "../runs/runWatch.ts";
import { showSourceDiff } from "./keptSources.ts";

const foldersSchema = z.array(z.string().min(1)).min(1);

/**
 * @param argument folders of two or more runs; the folder of one, which is then ticked in a pick of all; a `StartTarget`,
 * for a pick among the runs of that definition; anything else for a pick among all
 */
export async function compareRuns(app: App, argument: unknown): Promise<void> {
  const folders = foldersSchema.safeParse(typeof argument === "string" ? [argument] : argument).data ?? [];
  const asked = new Set(folders);
  await app.folders.ready;
  const given = await Promise.all([...asked].map((dir) => openGiven(app, dir)));
  const runs = given.length > 1 ? given : await pickRuns(choiceFor(app, argument), asked);
  if (runs !== undefined) {
    app.comparePanels.show(runs);
  }
}

function choiceFor(app: App, argument: unknown): readonly WatchedRun[] {
  const target = startTargetSchema.safeParse(argument).data;
  return target === undefined
    ? app.runs.all()
    : app.runs.of(vscode.Uri.parse(target.uri, true).fsPath, target.exportName);
}

/** @param argument folders of two runs; anything else lets the user pick */
export async function diffSources(app: App, argument: unknown): Promise<void> {
  await app.folders.ready;
  const given = foldersSchema.safeParse(argument).data ?? [];
  const folders = given.length > 1 ? given : (await pickRuns(app.runs.all(), new Set(given)))?.map((run) => run.dir);
  if (folders === undefined) {
    return;
  }
  const [left, right, more] = folders.map((dir) => app.runs.get(dir));
  if (left === undefined || right === undefined || more !== undefined) {
    throw new WhittleError(vscode.l10n.t("Sources are compared of exactly two runs of this workspace."), {
      remedy: vscode.l10n.t("Pick two."),
    });
  }
  // The older one stands on the left.
  const [older, newer] = left.run.id < right.run.id ? [left, right] : [right, left];
  await showSourceDiff(older, newer);
}
