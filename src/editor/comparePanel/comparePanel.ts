/** The host's side of one comparison panel. */
import { basename } from "node:path";
import * as vscode from "vscode";
import {
  type ComparePanelState,
  type FromComparePanel,
  fromComparePanelSchema,
  type ToComparePanel,
} from "../../protocol/comparePanel.ts";
import type { Comparison, ExportFormat } from "../../protocol/comparison.ts";
import { exportComparison } from "../../runs/compare/compareExports.ts";
import type { Run } from "../../runs/files/layout.ts";
import { Disposables } from "../base/disposables.ts";
import { saveFile } from "../base/saveFile.ts";
import { showError } from "../base/showError.ts";
import { renderPanel } from "../panels/panelHtml.ts";
import { linkPanel } from "../panels/panelMessages.ts";
import { pickRuns } from "../pick/pickRuns.ts";
import type { RunWatch } from "../runs/runWatch.ts";
import { CompareFeed, type CompareFeedParts } from "./compareFeed.ts";
import { assignSlots } from "./compareSlots.ts";
import { showSourceDiff } from "./keptSources.ts";

export interface ComparePanelParts {
  readonly extensionUri: vscode.Uri;
  readonly runs: RunWatch;
  readonly log: vscode.LogOutputChannel;
}

/** Shows the runs of `state` in `panel`, and others when the user chooses them there. */
export function fillComparePanel(panel: vscode.WebviewPanel, state: ComparePanelState, parts: ComparePanelParts): void {
  const { extensionUri, log } = parts;
  const owned = new Disposables();
  const slots = new Map(state.runs.map(({ dir, slot }) => [basename(dir), slot]));
  const tellComparison: CompareFeedParts["onComparison"] = (comparison, curves) => {
    panel.title = vscode.l10n.t("Compare {0} Runs", comparison.runs.length);
    const ofRuns = comparison.runs.map((run) => slots.get(run.id) ?? 0);
    link.send({ type: "comparison", comparison, curves, slots: ofRuns });
  };
  const tellNote = (message: string): void => link.send({ type: "note", message });
  const runs = state.runs.map(({ dir }): Run => ({ dir, id: basename(dir) }));
  const feed = owned.add(
    new CompareFeed(runs, { runs: parts.runs, log, onComparison: tellComparison, onNote: tellNote }),
  );
  const changeRuns = async (): Promise<void> => {
    const preselected = new Set(state.runs.map(({ dir }) => dir));
    const picked = await pickRuns(parts.runs.all(), preselected);
    if (picked !== undefined) {
      owned.dispose();
      fillComparePanel(panel, { ...state, runs: assignSlots(picked, state.runs) }, parts);
    }
  };
  const answer = async (message: FromComparePanel): Promise<void> => {
    switch (message.type) {
      case "ready":
        return feed.tellAll();
      case "changeRuns":
        return changeRuns();
      case "openRun":
        await vscode.commands.executeCommand("whittle.openPanel", feed.inputOf(message.id)?.run.dir);
        return;
      case "diffSources": {
        const [left, right] = [feed.inputOf(message.a), feed.inputOf(message.b)];
        return left && right && showSourceDiff(left, right);
      }
      case "export":
        return feed.comparison && exportTo(feed.comparison, message, tellNote);
      default:
        message satisfies never;
    }
  };
  const link = linkPanel<ToComparePanel, FromComparePanel>(panel.webview, {
    log,
    schema: fromComparePanelSchema,
    onMessage: (message) => void answer(message).catch((error: unknown) => showError(log, error)),
    own: (item) => owned.add(item),
  });
  owned.add(panel.onDidDispose(() => owned.dispose()));
  panel.iconPath = vscode.Uri.joinPath(extensionUri, "media", "icon.svg");
  panel.webview.html = renderPanel(panel.webview, extensionUri, "compare", state);
}

const ENDINGS: Readonly<Record<ExportFormat, string>> = { md: "md", csv: "csv", latex: "tex" };

async function exportTo(
  comparison: Comparison,
  { format, to }: { readonly format: ExportFormat; readonly to: "file" | "clipboard" },
  note: (message: string) => void,
): Promise<void> {
  const text = exportComparison(comparison, format);
  if (to === "file") {
    await saveFile(`comparison.${ENDINGS[format]}`, Buffer.from(text));
    return;
  }
  await vscode.env.clipboard.writeText(text);
  note(vscode.l10n.t("Copied."));
}
