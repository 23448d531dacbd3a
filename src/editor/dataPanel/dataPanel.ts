/** The panel that shows what is in a data set. It is not brought back after a reload, when the data may be others. */
import * as vscode from "vscode";
import type { DataDescription } from "../../protocol/dataDescription.ts";
import { type FromDataPanel, fromDataPanelSchema, type ToDataPanel } from "../../protocol/dataPanel.ts";
import { Disposables } from "../base/disposables.ts";
import { DATA_PANEL } from "../base/manifestNames.ts";
import { panelRoots, renderPanel } from "../panels/panelHtml.ts";
import { linkPanel } from "../panels/panelMessages.ts";

export interface DataPanelParts {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
}

export function showDataPanel(description: DataDescription, { extensionUri, log }: DataPanelParts): void {
  const owned = new Disposables();
  const panel = vscode.window.createWebviewPanel(DATA_PANEL, description.spec, vscode.ViewColumn.Active, {
    enableScripts: true,
    localResourceRoots: panelRoots(extensionUri),
  });
  const link = linkPanel<ToDataPanel, FromDataPanel>(panel.webview, {
    log,
    schema: fromDataPanelSchema,
    onMessage: () => link.send({ type: "description", description }),
    own: (item) => owned.add(item),
  });
  owned.add(panel.onDidDispose(() => owned.dispose()));
  panel.iconPath = vscode.Uri.joinPath(extensionUri, "media", "icon.svg");
  panel.webview.html = renderPanel(panel.webview, extensionUri, "data", null);
}
