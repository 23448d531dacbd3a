/** The only place that posts to a panel, and the only one that reads what a panel posts. */
import type * as vscode from "vscode";
import { type FromPanel, fromPanelSchema, type ToPanel } from "../protocol/panel.ts";

export interface PanelLink {
  send(message: ToPanel): void;
}

/** @param onMessage gets checked messages only; what does not fit goes to the log and no further */
export function linkPanel(
  webview: vscode.Webview,
  log: vscode.LogOutputChannel,
  onMessage: (message: FromPanel) => void,
  own: (item: vscode.Disposable) => void,
): PanelLink {
  own(
    webview.onDidReceiveMessage((message: unknown) => {
      const checked = fromPanelSchema.safeParse(message);
      if (checked.success) {
        onMessage(checked.data);
      } else {
        log.warn(`A panel sent what is no message: ${checked.error.message}`);
      }
    }),
  );
  return {
    // Resolves to false when the panel is hidden or gone; a panel that comes back asks for a snapshot.
    send: (message) => void webview.postMessage(message),
  };
}
