/** `Export Model…`: a run's model, made as small as its pruning allows, in a file for another runtime. */
import { basename, dirname, join } from "node:path";
import * as vscode from "vscode";
import { EXTENSIONS, type ExportWritten } from "../../protocol/modelExport.ts";
import type { Run } from "../../runs/files/layout.ts";
import { readRecord } from "../../runs/record/store.ts";
import type { App } from "../app.ts";
import { abortSignal } from "../base/abortSignal.ts";
import { exists } from "../base/exists.ts";
import { requireTrust } from "../base/trust.ts";
import { chooseRun } from "../pick/chooseRuns.ts";
import { describeWritten, type ExportForm, proposeName } from "./exportForms.ts";
import { type ExportTarget, previewExport, writeExport } from "./exportProcess.ts";
import { loadingCodeFor } from "./loadingCode.ts";
import { pickForm } from "./pickForm.ts";

/** @param argument see `chooseRuns` */
export async function exportModel(app: App, argument: unknown): Promise<void> {
  requireTrust();
  const run = await chooseRun(app, argument, {
    title: vscode.l10n.t("Export the model of which run?"),
    fits: ({ record }) => record.result !== undefined,
  });
  if (run === undefined) {
    return;
  }
  const { name: recorded, plan } = await readRecord(run);
  const name = app.runs.get(run.dir)?.name ?? recorded;
  const onNote = (line: string): void => app.log.info(`export: ${line}`);
  const form = await pickForm(name, (signal) => previewExport(app.cli, run, { signal, onNote }));
  const out = form && (await askPlace(dirname(plan.modelFile), name, form));
  if (form === undefined || out === undefined) {
    return;
  }
  const written = await write(app, run, { format: form.format, out });
  // Not awaited: the message may stand for hours, and the command is over.
  void tell(run, written);
}

/** @param folder of the model file */
async function askPlace(folder: string, name: string, form: ExportForm): Promise<string | undefined> {
  const proposed = proposeName(name, form);
  if (form.extension !== undefined) {
    const target = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.file(join(folder, proposed)),
      filters: { [form.format]: [form.extension.slice(1)] },
      saveLabel: vscode.l10n.t("Export"),
      title: form.use,
    });
    return target?.fsPath;
  }
  // A dialog that saves enters a folder that is there instead of taking it.
  const [parent] =
    (await vscode.window.showOpenDialog({
      defaultUri: vscode.Uri.file(folder),
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: vscode.l10n.t("Export Here"),
      title: vscode.l10n.t("In which folder is {0} to be made?", proposed),
    })) ?? [];
  if (parent === undefined) {
    return undefined;
  }
  const target = vscode.Uri.joinPath(parent, proposed);
  return (await exists(target)) && !(await mayReplace(target)) ? undefined : target.fsPath;
}

async function mayReplace({ fsPath }: vscode.Uri): Promise<boolean> {
  const accept = vscode.l10n.t("Replace");
  const question = vscode.l10n.t("{0} is there already. Replace it?", basename(fsPath));
  const detail = vscode.l10n.t("{0}: nothing is replaced that holds anything but an export.", fsPath);
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, accept)) === accept;
}

function write(app: App, run: Run, target: ExportTarget): Thenable<ExportWritten> {
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t("Exporting {0}", basename(target.out)),
      cancellable: true,
    },
    (progress, token) =>
      writeExport(app.cli, run, target, {
        signal: abortSignal(token),
        onNote: (line) => {
          app.log.info(`export: ${line}`);
          progress.report({ message: line });
        },
      }),
  );
}

interface Offer {
  readonly title: string;
  readonly run: () => Thenable<unknown>;
}

async function tell(run: Run, { format, out, bytes }: ExportWritten): Promise<void> {
  const isFolder = EXTENSIONS[format] === undefined;
  const file = vscode.Uri.file(isFolder ? join(out, "model.json") : out);
  const offers: Offer[] = [
    ...collectReveals(file),
    ...(isFolder
      ? [
          { title: vscode.l10n.t("Open"), run: () => vscode.commands.executeCommand("vscode.open", file) },
          {
            title: vscode.l10n.t("Copy Code That Loads It"),
            run: async () => vscode.env.clipboard.writeText(await loadingCodeFor(run, file)),
          },
        ]
      : []),
  ];
  const message = vscode.l10n.t("Exported {0}", describeWritten(out, bytes));
  const picked = await vscode.window.showInformationMessage(message, ...offers.map(({ title }) => title));
  await offers.find(({ title }) => title === picked)?.run();
}

/** In the explorer where it is there, else in the system's file manager where there is one. */
function collectReveals(file: vscode.Uri): readonly Offer[] {
  const reveal = (command: string): Offer => ({
    title: vscode.l10n.t("Reveal"),
    run: () => vscode.commands.executeCommand(command, file),
  });
  if (vscode.workspace.getWorkspaceFolder(file) !== undefined) {
    return [reveal("revealInExplorer")];
  }
  const isLocal = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
  return isLocal ? [reveal("revealFileInOS")] : [];
}
