/** Live panels, one per run: opened, fed from the run's folder, closed, and brought back after a reload. */
import * as vscode from "vscode";
import { z } from "zod";
import type { TrainingController } from "../controller/controller.ts";
import { messageOf } from "../protocol/errors.ts";
import type { RunEvent } from "../protocol/events.ts";
import type { FromPanel } from "../protocol/panel.ts";
import { foldResumed } from "../runs/eventLog.ts";
import type { Run } from "../runs/layout.ts";
import { LIVE_PANEL } from "./manifestNames.ts";
import { panelRoots, renderPanel } from "./panelHtml.ts";
import { linkPanel, type PanelLink } from "./panelMessages.ts";
import { openKnownRun } from "./runsFolders.ts";
import { showError } from "./showError.ts";

const savedStateSchema = z.object({ runDir: z.string() });

export interface LivePanelsParts {
  readonly extensionUri: vscode.Uri;
  readonly controller: TrainingController;
  readonly log: vscode.LogOutputChannel;
}

export class LivePanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #parts: LivePanelsParts;
  /** By run folder. */
  readonly #panels = new Map<string, vscode.WebviewPanel>();
  readonly #registration: vscode.Disposable;

  constructor(parts: LivePanelsParts) {
    this.#parts = parts;
    this.#registration = vscode.window.registerWebviewPanelSerializer(LIVE_PANEL, this);
  }

  /** Beside the editor, which keeps the focus. */
  show(run: Run): void {
    const open = this.#panels.get(run.dir);
    if (open !== undefined) {
      open.reveal(undefined, true);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      LIVE_PANEL,
      run.id,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      this.#options(),
    );
    this.#fill(panel, run);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const dir = savedStateSchema.safeParse(state).data?.runDir;
    try {
      const run = dir === undefined ? undefined : await openKnownRun(dir);
      if (run !== undefined) {
        this.#fill(panel, run);
        return;
      }
    } catch (error) {
      this.#parts.log.warn(`The panel of ${dir} is not opened again: ${messageOf(error)}`);
    }
    panel.dispose();
  }

  /** Leaves the panels open: a window that is reloaded brings them back. The controller's end ends what feeds them. */
  dispose(): void {
    this.#registration.dispose();
  }

  #options(): vscode.WebviewOptions {
    return { enableScripts: true, localResourceRoots: panelRoots(this.#parts.extensionUri) };
  }

  #fill(panel: vscode.WebviewPanel, run: Run): void {
    const { controller, extensionUri, log } = this.#parts;
    this.#panels.set(run.dir, panel);
    panel.webview.options = this.#options();
    panel.iconPath = vscode.Uri.joinPath(extensionUri, "media", "icon.svg");
    const owned: vscode.Disposable[] = [];
    let following: AbortController | undefined;
    const answer = (message: FromPanel): void => {
      switch (message.type) {
        case "ready":
          following?.abort();
          following = new AbortController();
          this.#feed(link, panel, run, following.signal);
          return;
        case "stop":
          controller.stop(run).catch((error: unknown) => showError(log, error));
          return;
        default:
          message satisfies never;
      }
    };
    const link = linkPanel(panel.webview, log, answer, (item) => owned.push(item));
    panel.onDidDispose(() => {
      following?.abort();
      for (const item of owned) {
        item.dispose();
      }
      this.#panels.delete(run.dir);
    });
    panel.webview.html = renderPanel(panel.webview, extensionUri, run.dir);
  }

  #feed(link: PanelLink, panel: vscode.WebviewPanel, run: Run, signal: AbortSignal): void {
    let events: RunEvent[] = [];
    this.#parts.controller
      .follow(
        run,
        (update) => {
          if (update.type === "gone") {
            link.send({ type: "gone", message: update.message });
            return;
          }
          const { record, state } = update;
          // The end of the id tells runs of one model apart.
          panel.title = `${record.name} · ${run.id.slice(-4)}`;
          events.push(...update.events);
          // After a resume, what was drawn may be void.
          const isWhole = update.type === "snapshot" || update.events.some((event) => event.type === "resumed");
          if (isWhole) {
            events = foldResumed(events);
            link.send({ type: "snapshot", record, state, events });
          } else {
            link.send({ type: "events", state, events: update.events });
          }
        },
        signal,
      )
      .catch((error: unknown) => {
        this.#parts.log.error(`Run ${run.id} cannot be shown: ${messageOf(error)}`);
        link.send({ type: "gone", message: messageOf(error) });
      });
  }
}
