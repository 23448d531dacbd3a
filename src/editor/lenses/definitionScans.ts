/**
 * What each open file defines, kept up to date while it is edited. Read from its text; the file is never run. What it has from
 * other files is read as it lies on disk, which is what a run would load, and again whenever a file is saved.
 */
import * as vscode from "vscode";
import { readLocalFile } from "../../models/localFile.ts";
import type { FoundDefinition, Hindrance, Scan } from "../../models/scan/found.ts";
import { keepHidden, moveDefinitions } from "../../models/scan/keepDefinitions.ts";
import { mayDefineModel } from "../../models/scan/signs.ts";
import { collectTrainables, type Trainable } from "../../models/scan/trainables.ts";

interface Kept {
  /** Of the document when it was scanned; edits since then have moved the places. */
  readonly version: number;
  readonly definitions: readonly FoundDefinition[];
  readonly hindrances: readonly Hindrance[];
}

const NOTHING: Scan = { definitions: [], hindrances: [], isWhole: true };
/** No document has it. */
const OUTDATED = -1;

export class DefinitionScans implements vscode.Disposable {
  /** By document. */
  readonly #kept = new Map<string, Kept>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: readonly vscode.Disposable[];

  /** What documents define may have changed without an edit of theirs. */
  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#subscriptions = [
      this.#changed,
      vscode.workspace.onDidSaveTextDocument(() => this.#lookAgain()),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => this.#move(document, contentChanges)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#kept.delete(document.uri.toString())),
    ];
  }

  /** What can be trained in the document, as it is now. */
  async of(document: vscode.TextDocument): Promise<readonly Trainable[]> {
    return collectTrainables((await this.#look(document)).definitions);
  }

  /** Functions of the document that make a model and keep it, so that nothing can train it. */
  async hindrancesIn(document: vscode.TextDocument): Promise<readonly Hindrance[]> {
    return (await this.#look(document)).hindrances;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
  }

  async #look(document: vscode.TextDocument): Promise<Kept> {
    const key = document.uri.toString();
    const mayDefine = (): boolean => mayDefineModel(document.getText(), document.fileName, readLocalFile);
    const isKnown = (): boolean => this.#kept.get(key)?.version === document.version;
    // The parser is large: loaded with the first file that needs it, not when the extension starts.
    const scan = !isKnown() && mayDefine() ? (await import("../../models/scan/scan.ts")).scanText : undefined;
    // From here on nothing waits: text, version and what is kept belong together.
    const before = this.#kept.get(key);
    if (before?.version === document.version) {
      return before;
    }
    const text = document.getText();
    const found = scan?.(text, document.fileName, readLocalFile) ?? NOTHING;
    const definitions = scan === undefined ? [] : keepHidden(before?.definitions ?? [], found, text);
    const kept = { version: document.version, definitions, hindrances: found.hindrances };
    if (!document.isClosed) {
      this.#kept.set(key, kept);
    }
    return kept;
  }

  #lookAgain(): void {
    for (const [key, kept] of this.#kept) {
      this.#kept.set(key, { ...kept, version: OUTDATED });
    }
    this.#changed.fire();
  }

  #move(document: vscode.TextDocument, changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    const key = document.uri.toString();
    const kept = this.#kept.get(key);
    if (kept === undefined || changes.length === 0) {
      return;
    }
    // Several changes at once are told with the places they had before all of them: the last one goes first.
    const definitions = [...changes]
      .sort((a, b) => b.rangeOffset - a.rangeOffset)
      .reduce(
        (moved, { rangeOffset, rangeLength, text }) =>
          moveDefinitions(moved, { offset: rangeOffset, removed: rangeLength, inserted: text.length }),
        kept.definitions,
      );
    // Not the version of now: what is defined has to be looked at again.
    this.#kept.set(key, { ...kept, definitions });
  }
}
