/** Which runs a command is about: those it was given, or those the user picks. */
import * as vscode from "vscode";
import { z } from "zod";
import { WhittleError } from "../../protocol/errors.ts";
import type { Run } from "../../runs/files/layout.ts";
import type { App } from "../app.ts";
import { openKnownRun } from "../runs/runsFolders.ts";
import type { WatchedRun } from "../runs/runWatch.ts";
import { describeRun } from "./pickRuns.ts";

/** Folder of a run, or of several. */
const givenSchema = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

export interface RunQuestion {
  readonly title: string;
  /** Which runs are offered; all if left out. */
  readonly fits?: (watched: WatchedRun) => boolean;
}

/**
 * @param argument folders of runs, as lenses and the view give them; anything else lets the user pick
 * @returns none when cancelled
 * @throws WhittleError for a folder outside of this workspace, and when there is nothing to pick from
 */
export async function chooseRuns(app: App, argument: unknown, question: RunQuestion): Promise<readonly Run[]> {
  const given = readGiven(argument);
  return given === undefined
    ? (await askFor(app, question, true)).map(({ run }) => run)
    : Promise.all(given.map((dir) => openGiven(app, dir)));
}

/** As `chooseRuns`, for commands on one run; the first one where more are given. */
export async function chooseRun(app: App, argument: unknown, question: RunQuestion): Promise<Run | undefined> {
  const [first] = readGiven(argument) ?? [];
  if (first !== undefined) {
    return openGiven(app, first);
  }
  const [picked] = await askFor(app, question, false);
  return picked?.run;
}

function readGiven(argument: unknown): readonly string[] | undefined {
  const given = givenSchema.safeParse(argument).data;
  return typeof given === "string" ? [given] : given;
}

/** @throws WhittleError for a folder outside of this workspace */
export async function openGiven(app: App, dir: string): Promise<Run> {
  const known = app.runs.get(dir) ?? app.runs.unreadable().find(({ run }) => run.dir === dir);
  const run = known?.run ?? (await openKnownRun(dir));
  if (run === undefined) {
    throw new WhittleError(vscode.l10n.t("{0} is not a run of this workspace.", dir), {
      remedy: vscode.l10n.t("Open the folder whose .whittle/runs it lies in."),
    });
  }
  return run;
}

async function askFor(
  app: App,
  { title, fits = () => true }: RunQuestion,
  many: boolean,
): Promise<readonly WatchedRun[]> {
  await app.folders.ready;
  const items = app.runs
    .all()
    .filter(fits)
    .map((watched) => ({ ...describeRun(watched), watched }));
  if (items.length === 0) {
    throw new WhittleError(vscode.l10n.t("There is no such run in this workspace."), {
      remedy: vscode.l10n.t("Start one with the lens Prune above a model."),
    });
  }
  const options = { title, matchOnDescription: true, matchOnDetail: true };
  const picked = many
    ? await vscode.window.showQuickPick(items, { ...options, canPickMany: true })
    : await vscode.window.showQuickPick(items, options);
  return (Array.isArray(picked) ? picked : picked === undefined ? [] : [picked]).map(({ watched }) => watched);
}
