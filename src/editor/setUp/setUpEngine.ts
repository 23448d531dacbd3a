/** Installs the native engine, after asking: what `whittle setup` does, with progress, a way to cancel, and a log. */
import * as vscode from "vscode";
import { z } from "zod";
import { asDuration } from "../../protocol/figures.ts";
import type { App } from "../app.ts";
import { abortSignal } from "../base/abortSignal.ts";

/** What `whittle setup --json` prints at its end. */
const outcomeSchema = z.object({
  status: z.enum(["installed", "present"]),
  folder: z.string(),
  tensorflow: z.string(),
  seconds: z.number(),
});

export async function setUpEngine(app: App): Promise<void> {
  if (!(await askConsent(app.engineFolder))) {
    return;
  }
  const outcome = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t("Installing the native engine"),
      cancellable: true,
    },
    (progress, token) => install(app, progress, token),
  );
  app.log.info(`Native engine ${outcome.status}: TensorFlow ${outcome.tensorflow} in ${outcome.folder}`);
  // Not awaited: the message may stand for hours, and the command is over.
  void vscode.window.showInformationMessage(
    outcome.status === "present"
      ? vscode.l10n.t("The native engine is there already (TensorFlow {0}).", outcome.tensorflow)
      : vscode.l10n.t(
          "Installed the native engine (TensorFlow {0}) in {1}. New runs use it.",
          outcome.tensorflow,
          asDuration(outcome.seconds),
        ),
  );
}

async function askConsent(folder: string): Promise<boolean> {
  const accept = vscode.l10n.t("Install");
  const detail = vscode.l10n.t(
    "Downloads TensorFlow's library (about 200 MB, from storage.googleapis.com or PyPI), unpacks it into {0} (up to 1 GB while it works) and checks it. Runs then train several times faster than with WebAssembly, which needs no installation. Nothing outside of this folder is changed.",
    folder,
  );
  const question = vscode.l10n.t("Install the native engine?");
  return (await vscode.window.showInformationMessage(question, { modal: true, detail }, accept)) === accept;
}

async function install(
  app: App,
  progress: vscode.Progress<{ message?: string; increment?: number }>,
  token: vscode.CancellationToken,
): Promise<z.infer<typeof outcomeSchema>> {
  const output = await app.cli.run(["setup", "--json"], {
    signal: abortSignal(token),
    onNote: (line) => {
      app.log.info(`setup: ${line}`);
      progress.report({ message: line });
    },
  });
  return outcomeSchema.parse(JSON.parse(output));
}
