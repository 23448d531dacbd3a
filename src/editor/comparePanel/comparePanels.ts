/** Comparison panels: opened on some runs, and brought back after a reload. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { type ComparePanelState, comparePanelStateSchema } from "../../protocol/comparePanel.ts";
import { messageOf } from "../../protocol/errors.ts";
import type { Run } from "../../runs/files/layout.ts";
import { COMPARE_PANEL } from "../base/manifestNames.ts";
import { panelRoots } from "../panels/panelHtml.ts";
import { openKnownRun } from "../runs/runsFolders.ts";
import { type ComparePanelParts, fillComparePanel } from "./comparePanel.ts";

type SlottedRun = ComparePanelState["runs"][number];

export class ComparePanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #parts: ComparePanelParts;
  readonly #registration: vscode.Disposable;

  constructor(parts: ComparePanelParts) {
    this.#parts = parts;
    this.#registration = vscode.window.registerWebviewPanelSerializer(COMPARE_PANEL, this);
  }

  show(runs: readonly Run[]): void {
    const title = vscode.l10n.t("Compare Runs");
    const panel = vscode.window.createWebviewPanel(COMPARE_PANEL, title, vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: panelRoots(this.#parts.extensionUri),
    });
    const slotted = runs.map((run, slot) => ({ dir: run.dir, slot }));
    fillComparePanel(panel, comparePanelStateSchema.parse({ runs: slotted }), this.#parts);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, saved: unknown): Promise<void> {
    const state = comparePanelStateSchema.safeParse(saved).data;
    const runs = await Promise.all((state?.runs ?? []).map((slotted) => this.#reopen(slotted)));
    const found = runs.filter((slotted) => slotted !== undefined);
    if (state === undefined || found.length === 0) {
      panel.dispose();
      return;
    }
    panel.webview.options = { enableScripts: true, localResourceRoots: panelRoots(this.#parts.extensionUri) };
    fillComparePanel(panel, { ...state, runs: found }, this.#parts);
  }

  dispose(): void {
    this.#registration.dispose();
  }

  /** undefined for a run that is gone, or was never one of this window. */
  async #reopen(slotted: SlottedRun): Promise<SlottedRun | undefined> {
    try {
      return (await openKnownRun(slotted.dir)) && slotted;
    } catch (error) {
      this.#parts.log.warn(`Run ${basename(slotted.dir)} is not compared again: ${messageOf(error)}`);
      return undefined;
    }
  }
}
