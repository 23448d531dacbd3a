/** The page of the live panel: no markup of ours inside, live.ts builds it; nothing from outside of the extension. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

export function panelRoots(extensionUri: vscode.Uri): readonly vscode.Uri[] {
  return [vscode.Uri.joinPath(extensionUri, "dist"), vscode.Uri.joinPath(extensionUri, "media")];
}

/** @param runDir what the panel remembers to come back after a reload */
export function renderPanel(webview: vscode.Webview, extensionUri: vscode.Uri, runDir: string): string {
  const resource = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, "dist", name)).toString();
  const nonce = randomBytes(16).toString("base64");
  const policy = [
    "default-src 'none'",
    `img-src ${webview.cspSource} data:`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${resource("live.css")}">
<title>Whittle</title>
</head>
<body data-run-dir="${escapeAttribute(runDir)}">
<main id="panel"></main>
<script nonce="${nonce}" src="${resource("live.js")}"></script>
</body>
</html>`;
}

function escapeAttribute(text: string): string {
  return text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
