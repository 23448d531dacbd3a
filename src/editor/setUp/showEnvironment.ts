/** `Show Environment`: what a report of a problem, or of a result, needs to say about this editor and this machine. */
import * as vscode from "vscode";
import type { App } from "../app.ts";
import { abortSignal } from "../base/abortSignal.ts";
import { EDITOR_SETTINGS } from "../base/manifestNames.ts";
import { collectRunsFolders } from "../runs/runsFolders.ts";

export async function showEnvironment(app: App): Promise<void> {
  const engines = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t("Checking the engines"), cancellable: true },
    (_progress, token) =>
      app.cli.run(["doctor"], { signal: abortSignal(token), onNote: (line) => app.log.info(`doctor: ${line}`) }),
  );
  await app.environment.show([...describeEditor(app), "", engines.trim(), ""].join("\n"));
}

/** English, as the rest of the page is: it goes into reports. */
function describeEditor(app: App): readonly string[] {
  const configuration = vscode.workspace.getConfiguration("whittle");
  const folders = collectRunsFolders();
  return [
    `Whittle ${String(app.extension.packageJSON.version)} in ${vscode.env.appName} ${vscode.version}${vscode.env.remoteName === undefined ? "" : `, remote ${vscode.env.remoteName}`}`,
    `workspace: ${vscode.workspace.isTrusted ? "trusted" : "not trusted, so no run can be started"}`,
    ...(folders.length === 0
      ? ["runs:      no folder of this window lies on disk"]
      : folders.map((one) => `runs:      ${one}`)),
    ...Object.keys(EDITOR_SETTINGS).map((key) => `whittle.${key}: ${JSON.stringify(configuration.get(key))}`),
  ];
}
