/** Where the runs of this window lie, and news of what changes there. */
import type { FSWatcher } from "node:fs";
import * as vscode from "vscode";
import { messageOf } from "../../protocol/errors.ts";
import { isInside, type Run } from "../../runs/files/layout.ts";
import { defaultRunsDir } from "../../runs/files/runsDir.ts";
import { watchFolder } from "../../runs/log/wake.ts";
import { openRun } from "../../runs/record/store.ts";
import { Disposables } from "../base/disposables.ts";
import { showError } from "../base/showError.ts";
import type { RunWatch } from "./runWatch.ts";

/** One per workspace folder on disk, and one beside each open model file that is outside of all. */
export function collectRunsFolders(): readonly string[] {
  const inside = (vscode.workspace.workspaceFolders ?? [])
    .filter((folder) => folder.uri.scheme === "file")
    .map((folder) => defaultRunsDir(folder.uri.fsPath));
  return [...new Set([...inside, ...openFilesOutside().map(runsFolderFor)])];
}

/** The runs folder for a model file: its workspace folder's, or one beside a file that is outside of all. */
export function runsFolderFor(modelFile: vscode.Uri): string {
  const folder = vscode.workspace.getWorkspaceFolder(modelFile)?.uri ?? vscode.Uri.joinPath(modelFile, "..");
  return defaultRunsDir(folder.fsPath);
}

/**
 * A run by its folder, which may come from a keybinding or from state saved long ago: only below a runs folder.
 * @throws WhittleError when it is no readable run
 */
export async function openKnownRun(dir: string, known: readonly Run[] = []): Promise<Run | undefined> {
  const isKnown = known.some((run) => run.dir === dir);
  return isKnown || collectRunsFolders().some((folder) => isInside(folder, dir)) ? openRun(dir) : undefined;
}

/** Signs that come together lead to one reading. Milliseconds. */
const SETTLE_MS = 150;

/** How a runs folder is watched, by the editor and beside it. */
interface Watched extends vscode.Disposable {
  /** Watches the folder itself, which may have come, or be another one, since the last call. */
  watchEntries(): void;
}

export class RunsFolders implements vscode.Disposable {
  readonly #runs: RunWatch;
  readonly #log: vscode.LogOutputChannel;
  readonly #owned = new Disposables();
  /** By runs folder. */
  readonly #watched = new Map<string, Watched>();
  readonly #problems = new Map<string, string>();
  /** Resolves when what was there at the start has been read. */
  readonly ready: Promise<void>;

  /** Reads them all, and again whenever something changes, be it by the command line or by hand. */
  constructor(runs: RunWatch, log: vscode.LogOutputChannel) {
    this.#runs = runs;
    this.#log = log;
    this.#owned.add(vscode.workspace.onDidChangeWorkspaceFolders(() => this.#changeFolders()));
    this.#owned.add(vscode.window.tabGroups.onDidChangeTabs(() => void this.#loadAll(this.#watchNew())));
    this.#owned.add(
      // Where watching does not work (network drives), coming back to the window is the sign.
      vscode.window.onDidChangeWindowState((state) => state.focused && void this.refresh()),
    );
    this.ready = this.refresh();
  }

  async refresh(): Promise<void> {
    this.#watchNew();
    await this.#loadAll([...this.#watched.keys()]);
  }

  dispose(): void {
    this.#owned.dispose();
    for (const watcher of this.#watched.values()) {
      watcher.dispose();
    }
    this.#watched.clear();
  }

  #changeFolders(): void {
    const folders = collectRunsFolders();
    for (const [folder, watcher] of this.#watched) {
      if (!folders.includes(folder)) {
        watcher.dispose();
        this.#watched.delete(folder);
        this.#runs.unload(folder);
      }
    }
    void this.#loadAll(this.#watchNew());
  }

  /** @returns the folders that were not watched yet */
  #watchNew(): readonly string[] {
    const added = collectRunsFolders().filter((folder) => !this.#watched.has(folder));
    for (const folder of added) {
      this.#watched.set(folder, this.#watch(folder));
    }
    return added;
  }

  async #loadAll(folders: readonly string[]): Promise<void> {
    await Promise.all(folders.map((folder) => this.#load(folder)));
  }

  /**
   * The editor's watcher sees what changes within runs, and a folder that comes or goes. Of a folder that is made together
   * with its parent, as by a workspace's first run, it may see nothing ever: so Node's own watcher sees which runs there are.
   */
  #watch(folder: string): Watched {
    const owned = new Disposables();
    let timer: NodeJS.Timeout | undefined;
    let entries: FSWatcher | undefined;
    const look = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => void this.#load(folder), SETTLE_MS);
    };
    for (const pattern of patternsFor(folder)) {
      const watcher = owned.add(vscode.workspace.createFileSystemWatcher(pattern));
      owned.add(watcher.onDidCreate(look));
      owned.add(watcher.onDidChange(look));
      owned.add(watcher.onDidDelete(look));
    }
    owned.add({
      dispose: () => {
        clearTimeout(timer);
        entries?.close();
      },
    });
    return {
      watchEntries() {
        entries?.close();
        entries = watchFolder(folder, look);
      },
      dispose: () => owned.dispose(),
    };
  }

  /** A folder that cannot be read is told once for each reason. */
  async #load(folder: string): Promise<void> {
    // Before the reading: what comes during it is seen too.
    this.#watched.get(folder)?.watchEntries();
    try {
      await this.#runs.load(folder);
      this.#problems.delete(folder);
    } catch (error) {
      if (this.#problems.get(folder) !== messageOf(error)) {
        this.#problems.set(folder, messageOf(error));
        this.#log.error(messageOf(error));
        void showError(this.#log, error);
      }
    }
  }
}

/**
 * Within the workspace the editor watches already, and a deleted parent is told as such. Outside only the runs folder
 * itself is watched, never what lies beside it.
 */
function patternsFor(folder: string): readonly vscode.RelativePattern[] {
  const uri = vscode.Uri.file(folder);
  const workspace = vscode.workspace.getWorkspaceFolder(uri);
  return workspace === undefined
    ? [new vscode.RelativePattern(uri, "{*,*/run.json,*/marks.json}")]
    : [
        new vscode.RelativePattern(workspace, ".whittle"),
        new vscode.RelativePattern(workspace, ".whittle/{runs,runs/*,runs/*/run.json,runs/*/marks.json}"),
      ];
}

const MODEL_FILE = /\.[cm]?[jt]sx?$/;

/** Code files in tabs, each once, that belong to no folder of this window. */
export function openFilesOutside(): readonly vscode.Uri[] {
  const open = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri] : []))
    .filter(
      (uri) =>
        uri.scheme === "file" && MODEL_FILE.test(uri.path) && vscode.workspace.getWorkspaceFolder(uri) === undefined,
    );
  return [...new Map(open.map((uri) => [uri.path, uri])).values()];
}
