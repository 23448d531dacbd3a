/** Live panels, one per run: opened, fed from the run's folder, closed, and brought back after a reload. */
import * as vscode from "vscode";
import type { TrainingController } from "../../controller/controller.ts";
import { messageOf, WhittleError } from "../../protocol/errors.ts";
import { type LiveLook, livePanelStateSchema } from "../../protocol/livePanelState.ts";
import { type Deed, type FromPanel, fromPanelSchema, type ToPanel } from "../../protocol/panel.ts";
import { LIVE_STATES } from "../../protocol/run.ts";
import type { Units } from "../../protocol/units.ts";
import { readMaskPicture } from "../../runs/checkpoint/maskPicture.ts";
import type { Run } from "../../runs/files/layout.ts";
import { thinEvents } from "../../runs/log/thinEvents.ts";
import { readCompaction } from "../../runs/record/compaction.ts";
import { readPredictions } from "../../runs/record/predictions.ts";
import { type CommandId, LIVE_PANEL } from "../base/manifestNames.ts";
import { requireTrust } from "../base/trust.ts";
import { keepEarly } from "../panels/earlyMessages.ts";
import { panelRoots, renderPanel } from "../panels/panelHtml.ts";
import { linkPanel, type PanelLink } from "../panels/panelMessages.ts";
import { openKnownRun } from "../runs/runsFolders.ts";
import type { RunWatch } from "../runs/runWatch.ts";
import { SentenceAsker } from "./sentenceAsker.ts";

const COMMANDS: Readonly<Record<Deed, CommandId>> = {
  pause: "whittle.pauseRun",
  unpause: "whittle.unpauseRun",
  stop: "whittle.stopRun",
  resume: "whittle.resumeRun",
  pruneNow: "whittle.pruneNow",
  save: "whittle.saveCheckpoint",
  exportModel: "whittle.exportModel",
};

export interface LivePanelsParts {
  readonly extensionUri: vscode.Uri;
  readonly controller: TrainingController;
  readonly runs: RunWatch;
  readonly log: vscode.LogOutputChannel;
}

export class LivePanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #parts: LivePanelsParts;
  /** By run folder. */
  readonly #panels = new Map<string, vscode.WebviewPanel>();
  readonly #askers = new Set<SentenceAsker>();
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
    const saved = livePanelStateSchema.safeParse(state).data;
    const dir = saved?.runDir;
    try {
      const run = dir === undefined ? undefined : await openKnownRun(dir);
      if (run !== undefined) {
        this.#fill(panel, run, saved?.look);
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
    for (const asker of this.#askers) {
      asker.end();
    }
  }

  #options(): vscode.WebviewOptions {
    return { enableScripts: true, localResourceRoots: panelRoots(this.#parts.extensionUri) };
  }

  /** @param look how its user looked at it before a reload */
  #fill(panel: vscode.WebviewPanel, run: Run, look?: LiveLook): void {
    const { extensionUri, log, controller } = this.#parts;
    this.#panels.set(run.dir, panel);
    panel.webview.options = this.#options();
    panel.iconPath = vscode.Uri.joinPath(extensionUri, "media", "icon.svg");
    const owned: vscode.Disposable[] = [];
    const asker = new SentenceAsker(() =>
      controller.openWriting(run, (line) => log.info(`write, run ${run.id}: ${line}`)),
    );
    this.#askers.add(asker);
    let following = new AbortController();
    const send = (message: ToPanel): void => {
      // Its models change from now on.
      if ("state" in message && LIVE_STATES.has(message.state)) {
        asker.end();
      }
      messages.send(message);
    };
    const becomeReady = (): void => {
      if (!messages.release()) {
        following.abort();
        following = new AbortController();
        this.#feed(send, panel, run, following.signal);
      }
    };
    const answer = (message: FromPanel): void => {
      switch (message.type) {
        case "ready":
          becomeReady();
          return;
        case "steer":
          // Commands tell their own errors.
          void vscode.commands.executeCommand(COMMANDS[message.deed], run.dir);
          return;
        case "mask":
          void this.#sendMask(link, run, message.layer, message.units);
          return;
        case "predictions":
          void this.#sendPredictions(link, run);
          return;
        case "compaction":
          void this.#sendCompaction(link, run);
          return;
        case "write":
          void this.#sendWritten(link, run, asker, message);
          return;
        case "stopWriting":
          asker.end();
          return;
        default:
          message satisfies never;
      }
    };
    const link = linkPanel<ToPanel, FromPanel>(panel.webview, {
      log,
      schema: fromPanelSchema,
      onMessage: answer,
      own: (item) => owned.push(item),
    });
    const messages = keepEarly(link.send);
    panel.onDidDispose(() => {
      following.abort();
      for (const item of owned) {
        item.dispose();
      }
      this.#panels.delete(run.dir);
      asker.end();
      this.#askers.delete(asker);
    });
    panel.webview.html = renderPanel(
      panel.webview,
      extensionUri,
      "live",
      livePanelStateSchema.parse({ runDir: run.dir, look }),
    );
    this.#feed(send, panel, run, following.signal);
  }

  async #sendMask(link: PanelLink<ToPanel>, run: Run, layer: string, units: Units | undefined): Promise<void> {
    try {
      const picture = await readMaskPicture(run, layer, units);
      link.send({ type: "mask", layer, ...(picture === undefined ? {} : { picture }) });
    } catch (error) {
      this.#parts.log.warn(`The mask of ${layer} in run ${run.id} cannot be shown: ${messageOf(error)}`);
      link.send({ type: "mask", layer, problem: messageOf(error) });
    }
  }

  async #sendPredictions(link: PanelLink<ToPanel>, run: Run): Promise<void> {
    try {
      const predictions = await readPredictions(run);
      link.send({ type: "predictions", ...(predictions === undefined ? {} : { predictions }) });
    } catch (error) {
      this.#parts.log.warn(`The predictions of run ${run.id} cannot be shown: ${messageOf(error)}`);
      link.send({ type: "predictions", problem: messageOf(error) });
    }
  }

  async #sendCompaction(link: PanelLink<ToPanel>, run: Run): Promise<void> {
    try {
      const compaction = await readCompaction(run);
      link.send({ type: "compaction", ...(compaction === undefined ? {} : { compaction }) });
    } catch (error) {
      this.#parts.log.warn(`The smaller network of run ${run.id} cannot be shown: ${messageOf(error)}`);
      link.send({ type: "compaction", problem: messageOf(error) });
    }
  }

  async #sendWritten(
    link: PanelLink<ToPanel>,
    run: Run,
    asker: SentenceAsker,
    { id, text }: Extract<FromPanel, { type: "write" }>,
  ): Promise<void> {
    try {
      requireTrust();
      link.send({ type: "written", id, written: await asker.ask(text) });
    } catch (error) {
      this.#parts.log.warn(`Run ${run.id} has written nothing: ${messageOf(error)}`);
      const remedy = error instanceof WhittleError ? ` ${error.remedy}` : "";
      link.send({ type: "written", id, problem: `${messageOf(error)}${remedy}` });
    }
  }

  #feed(send: (message: ToPanel) => void, panel: vscode.WebviewPanel, run: Run, signal: AbortSignal): void {
    const { controller, log, runs } = this.#parts;
    const round = new AbortController();
    controller
      .follow(
        run,
        (update) => {
          if (update.type === "gone") {
            const message = vscode.l10n.t("This run was deleted: there is no {0} any more.", run.dir);
            send({ type: "gone", message });
            return;
          }
          if (update.type === "delta" && update.events.some((event) => event.type === "resumed")) {
            // What was drawn may be void: once more from the start.
            round.abort();
            this.#feed(send, panel, run, signal);
            return;
          }
          const { record, state } = update;
          const name = runs.get(run.dir)?.name ?? record.name;
          // The end of the id tells runs of one model apart.
          panel.title = `${name} · ${run.id.slice(-4)}`;
          const events = thinEvents(update.events);
          send(
            update.type === "snapshot"
              ? { type: "snapshot", name, record, state, events }
              : { type: "events", name, state, events },
          );
        },
        AbortSignal.any([signal, round.signal]),
      )
      .catch((error: unknown) => {
        log.error(`Run ${run.id} cannot be shown: ${messageOf(error)}`);
        send({ type: "gone", message: messageOf(error) });
      });
  }
}
