/** `Preview Data…`: what is in a data set, read by a process of its own, as `whittle data` says it. */
import { extname } from "node:path";
import * as vscode from "vscode";
import { z } from "zod";
import { type DataDescription, dataDescriptionSchema } from "../../protocol/dataDescription.ts";
import { WhittleError } from "../../protocol/errors.ts";
import { isOwnData } from "../../protocol/ownData.ts";
import { readDataDescription } from "../../runs/record/dataDescription.ts";
import { readRecord } from "../../runs/record/store.ts";
import type { App } from "../app.ts";
import { abortSignal } from "../base/abortSignal.ts";
import { DATA_FILES } from "../base/manifestNames.ts";
import { requireTrust } from "../base/trust.ts";
import { openGiven } from "../pick/chooseRuns.ts";
import { pickData } from "../pick/pickData.ts";
import { showDataPanel } from "./dataPanel.ts";

/** As a picture or row each. */
const EXAMPLES = 24;

/** @param argument folder of a run, whose data it is, or the URI of a file; anything else lets the user say */
export async function previewData(app: App, argument: unknown): Promise<void> {
  requireTrust();
  const given = (await readGiven(app, argument)) ?? (await ask());
  const description = given === undefined || "examples" in given ? given : await readSpec(app, given);
  if (description !== undefined) {
    showDataPanel(description, { extensionUri: app.extension.extensionUri, log: app.log });
  }
}

/** What is to be read, and how. */
interface Wanted {
  readonly spec: string;
  /** `path=value` each, as the command line takes it. */
  readonly settings: readonly string[];
}

async function readSpec(app: App, { spec, settings }: Wanted): Promise<DataDescription> {
  const output = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t("Reading {0}", spec),
      cancellable: true,
    },
    (_progress, token) =>
      app.cli.run(
        ["data", "--json", "--examples", String(EXAMPLES), ...settings.flatMap((each) => ["--set", each]), "--", spec],
        {
          signal: abortSignal(token),
          onNote: (line) => app.log.info(`data: ${line}`),
        },
      ),
  );
  return dataDescriptionSchema.parse(JSON.parse(output));
}

/** What is to be read; or what a run has kept of data that only its own code could give. */
async function readGiven(app: App, argument: unknown): Promise<Wanted | DataDescription | undefined> {
  const dir = z.string().min(1).safeParse(argument).data;
  if (dir === undefined) {
    const format = argument instanceof vscode.Uri ? formatOf(argument) : undefined;
    return argument instanceof vscode.Uri && format !== undefined
      ? { spec: `${format}:${argument.fsPath}`, settings: [] }
      : undefined;
  }
  const run = await openGiven(app, dir);
  const { settings } = await readRecord(run);
  const kept = await readDataDescription(run);
  if (kept !== undefined) {
    return kept;
  }
  if (settings === undefined || isOwnData(settings.data)) {
    throw new WhittleError(vscode.l10n.t("Run {0} has kept nothing of its data.", run.id), {
      remedy: vscode.l10n.t("It does when training begins."),
    });
  }
  const { data: spec, text } = settings;
  return { spec, settings: [`text=${JSON.stringify(text)}`] };
}

function formatOf(file: vscode.Uri): string | undefined {
  const ending = extname(file.path).slice(1).toLowerCase();
  return Object.entries(DATA_FILES).find(([, endings]) => endings.some((each) => each === ending))?.[0];
}

async function ask(): Promise<Wanted | undefined> {
  const spec = await pickData(vscode.l10n.t("Preview which data?"));
  return spec === undefined ? undefined : { spec, settings: [] };
}
