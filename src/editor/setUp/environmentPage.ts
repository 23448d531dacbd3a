/** The read-only page that `Show Environment` writes. */
import * as vscode from "vscode";
import { Disposables } from "../base/disposables.ts";

const SCHEME = "whittle-environment";
const PAGE = vscode.Uri.from({ scheme: SCHEME, path: "Whittle environment" });

/** The page is made anew each time it is asked for. */
export class EnvironmentPage implements vscode.Disposable {
  readonly #owned = new Disposables();
  readonly #changed = this.#owned.add(new vscode.EventEmitter<vscode.Uri>());
  #text = "";

  constructor() {
    this.#owned.add(
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
        onDidChange: this.#changed.event,
        provideTextDocumentContent: () => this.#text,
      }),
    );
  }

  async show(text: string): Promise<void> {
    this.#text = text;
    this.#changed.fire(PAGE);
    const document = await vscode.workspace.openTextDocument(PAGE);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
