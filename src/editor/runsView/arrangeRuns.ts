/** Commands on the Runs view itself: order, filter, refresh. */
import * as vscode from "vscode";
import { RUN_ORDERS, type RunOrder } from "../../runs/compare/listedRuns.ts";
import type { App } from "../app.ts";

export async function sortRuns(app: App): Promise<void> {
  const labels: Readonly<Record<RunOrder, string>> = {
    newest: vscode.l10n.t("Newest first"),
    sparsity: vscode.l10n.t("Sparsest first"),
    metric: vscode.l10n.t("Best metric first"),
    name: vscode.l10n.t("By name"),
  };
  const items = RUN_ORDERS.map((order) => ({
    label: labels[order],
    description: order === app.view.order ? vscode.l10n.t("now") : "",
    order,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Order of runs within an experiment; pinned ones come first"),
  });
  if (picked !== undefined) {
    app.view.order = picked.order;
  }
}

export async function filterRuns(app: App): Promise<void> {
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t("Show only runs with these words"),
    prompt: vscode.l10n.t("In name, #tag, state, id or model file; empty shows all."),
    value: app.view.filter,
  });
  if (typed !== undefined) {
    app.view.filter = typed;
  }
}

export async function clearRunFilter(app: App): Promise<void> {
  app.view.filter = "";
}

export async function refreshRuns(app: App): Promise<void> {
  await app.folders.refresh();
}
