/** The page of a panel: no markup of ours inside, its script builds it; nothing from outside of the extension. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

export function panelRoots(extensionUri: vscode.Uri): readonly vscode.Uri[] {
  return [vscode.Uri.joinPath(extensionUri, "dist"), vscode.Uri.joinPath(extensionUri, "media")];
}

/**
 * @param name of the script and the style sheet in dist/
 * @param state JSON-safe; what the panel remembers to come back after a reload
 */
export function renderPanel(webview: vscode.Webview, extensionUri: vscode.Uri, name: string, state: unknown): string {
  const resource = (file: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, "dist", file)).toString();
  const nonce = randomBytes(16).toString("base64");
  const policy = [
    "default-src 'none'",
    `img-src ${webview.cspSource} data: blob:`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join("; ");
  const data = { state: JSON.stringify(state), texts: JSON.stringify(vscode.l10n.bundle ?? {}) };
  return `<!DOCTYPE html>
<html lang="${escapeAttribute(vscode.env.language)}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${resource("codicon.css")}">
<link rel="stylesheet" href="${resource("panel.css")}">
<link rel="stylesheet" href="${resource(`${name}.css`)}">
<title>Whittle</title>
</head>
<body data-state="${escapeAttribute(data.state)}" data-texts="${escapeAttribute(data.texts)}">
<main id="panel"></main>
<script nonce="${nonce}" src="${resource(`${name}.js`)}"></script>
</body>
</html>`;
}

function escapeAttribute(text: string): string {
  return text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
