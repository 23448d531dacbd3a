/** The command that writes a run's figures where the user wants them. */
import * as vscode from "vscode";
import { readEvents } from "../../runs/log/eventLog.ts";
import { metricsAsCsv, metricsAsJson } from "../../runs/metrics/exportMetrics.ts";
import { readRecord } from "../../runs/record/store.ts";
import type { App } from "../app.ts";
import { saveFile } from "../base/saveFile.ts";
import { chooseRun } from "../pick/chooseRuns.ts";

/** @param argument see `chooseRuns` */
export async function exportMetrics(app: App, argument: unknown): Promise<void> {
  const run = await chooseRun(app, argument, { title: vscode.l10n.t("Export the metrics of which run?") });
  if (run === undefined) {
    return;
  }
  const items = [
    { label: "CSV", description: vscode.l10n.t("one line an epoch"), ending: "csv" },
    { label: "JSON", description: vscode.l10n.t("the record and all events but single steps"), ending: "json" },
  ];
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t("Export metrics as") });
  if (picked === undefined) {
    return;
  }
  const [record, events] = await Promise.all([readRecord(run), readEvents(run)]);
  const text = picked.ending === "csv" ? metricsAsCsv(events) : metricsAsJson(record, events);
  await saveFile(`${run.id}.${picked.ending}`, Buffer.from(text));
}
