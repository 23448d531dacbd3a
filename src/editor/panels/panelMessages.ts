/** The only place that posts to a panel, and the only one that reads what a panel posts. */
import type * as vscode from "vscode";
import type { z } from "zod";
import { saveFileSchema } from "../../protocol/panelFile.ts";
import { saveFile } from "../base/saveFile.ts";
import { showError } from "../base/showError.ts";

export interface PanelLink<To> {
  send(message: To): void;
}

export interface PanelWire<From> {
  readonly log: vscode.LogOutputChannel;
  /** Of what the panel may send beside files, which every panel may want to save: they are written here. */
  readonly schema: z.ZodType<From>;
  /** Gets checked messages only; what does not fit goes to the log and no further. */
  onMessage(message: From): void;
  own(item: vscode.Disposable): void;
}

export function linkPanel<To, From>(webview: vscode.Webview, wire: PanelWire<From>): PanelLink<To> {
  const { log, schema, onMessage, own } = wire;
  own(
    webview.onDidReceiveMessage((message: unknown) => {
      const file = saveFileSchema.safeParse(message).data;
      if (file !== undefined) {
        saveFile(file.name, Buffer.from(file.base64, "base64")).catch((error: unknown) => showError(log, error));
        return;
      }
      const checked = schema.safeParse(message);
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
