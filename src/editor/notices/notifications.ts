/** What a run tells while its panel is not looked at: progress with a way to stop it, and how it ended. */
import * as vscode from "vscode";
import { asDuration, asMetric } from "../../protocol/figures.ts";
import { metricName } from "../../runs/compare/listedRuns.ts";
import type { Run } from "../../runs/files/layout.ts";
import type { App } from "../app.ts";
import type { CommandId } from "../base/manifestNames.ts";
import { showError } from "../base/showError.ts";
import { describeEnd, describeProgress, describeTimeLeft, isLive } from "../runs/runSummary.ts";
import type { WatchedRun } from "../runs/runWatch.ts";

interface Offer extends vscode.MessageItem {
  readonly command: CommandId;
}

/** Tells how runs end that were going on while this window was open, whoever started them. */
export function registerEndNotifications(app: App): vscode.Disposable {
  const live = new Set<string>();
  return app.runs.onDidChange(() => {
    const wasLive = [...live];
    live.clear();
    for (const { run } of app.runs.live()) {
      live.add(run.dir);
    }
    for (const dir of wasLive.filter((one) => !live.has(one))) {
      const watched = app.runs.get(dir);
      if (watched !== undefined && notificationsFor(app, watched) !== "none") {
        showEnd(watched).catch((error: unknown) => showError(app.log, error));
      }
    }
  });
}

/** For a run that was started here; ends with it. Cancelling stops the run, which can be resumed. */
export function showProgress(app: App, run: Run, name: string): void {
  void vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: name, cancellable: true },
    (progress, token) =>
      new Promise<void>((resolve) => {
        let wasKnown = false;
        const report = (): void => {
          const watched = app.runs.get(run.dir);
          if (watched === undefined || !isLive(watched.state)) {
            // A run that is not known yet has just been started.
            if (watched !== undefined || wasKnown) {
              changes.dispose();
              resolve();
            }
            return;
          }
          wasKnown = true;
          const left = describeTimeLeft(watched.progress);
          const line = describeProgress(watched.state, watched.progress);
          progress.report({ message: left === undefined ? line : `${line} · ${left}` });
        };
        const changes = app.runs.onDidChange(report);
        token.onCancellationRequested(() => {
          app.controller.stop(run).catch((error: unknown) => showError(app.log, error));
        });
        report();
      }),
  );
}

function notificationsFor(app: App, { record }: WatchedRun): string {
  return app.config.notifications(vscode.Uri.file(record.plan.modelFile));
}

async function showEnd(watched: WatchedRun): Promise<void> {
  const { run, record, state, name } = watched;
  const show: Offer = { title: vscode.l10n.t("Show Run"), command: "whittle.openPanel" };
  const compare: Offer = { title: vscode.l10n.t("Compare…"), command: "whittle.compareRuns" };
  const setUp: Offer = { title: vscode.l10n.t("Install Native Engine…"), command: "whittle.setUpEngine" };
  const resume: Offer = { title: vscode.l10n.t("Resume"), command: "whittle.resumeRun" };
  const text = `${name}: ${describeEnd(record, state)}`;
  const choice = await (() => {
    switch (state) {
      case "done":
        return vscode.window.showInformationMessage(
          `${text}${describeBaseline(watched)}`,
          show,
          compare,
          ...(isSlow(watched) ? [setUp] : []),
        );
      case "failed":
        return vscode.window.showErrorMessage(`${text} ${record.error?.remedy ?? ""}`.trim(), show, {
          title: vscode.l10n.t("Show Log"),
          command: "whittle.showLog",
        } satisfies Offer);
      case "interrupted":
        return vscode.window.showWarningMessage(
          vscode.l10n.t("{0}: its training process ended before the run did. It can be resumed.", name),
          show,
          resume,
        );
      default:
        // Stopped by somebody who knows.
        return undefined;
    }
  })();
  if (choice !== undefined) {
    await vscode.commands.executeCommand(choice.command, run.dir);
  }
}

/** ` (dense: 98.50 %), 4 min 05 s` */
function describeBaseline({ record }: WatchedRun): string {
  const { result } = record;
  if (result === undefined) {
    return "";
  }
  const dense = asMetric(metricName(record), result.referenceTest.metric);
  return vscode.l10n.t(" (dense: {0}), in {1}", dense, asDuration(result.seconds));
}

/** It took the engine that runs everywhere only because nothing faster is installed. */
function isSlow({ record }: WatchedRun): boolean {
  return record.engine?.name === "wasm" && record.settings?.engine === "auto";
}
