import * as vscode from "vscode";

/** Is aborted, by a CancellationError, when the user cancels. */
export function abortSignal(token: vscode.CancellationToken): AbortSignal {
  const cancel = new AbortController();
  token.onCancellationRequested(() => cancel.abort(new vscode.CancellationError()));
  return cancel.signal;
}
