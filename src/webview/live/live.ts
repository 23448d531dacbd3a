/** The live panel: takes a snapshot and what comes after it, and draws at most once a frame. */
import type { RunEvent } from "../../protocol/events.ts";
import type { LivePanelState } from "../../protocol/livePanelState.ts";
import type { FromPanel, ToPanel } from "../../protocol/panel.ts";
import type { SaveFile } from "../../protocol/panelFile.ts";
import type { RunRecord, RunState } from "../../protocol/run.ts";
import { connectHost } from "../base/host.ts";
import { onThemeChange, readTheme } from "../base/theme.ts";
import { createCharts } from "./charts.ts";
import type { CompactionState } from "./compactionSection.ts";
import type { MaskState } from "./maskSection.ts";
import { buildPage } from "./page.ts";
import type { PredictionsState } from "./predictionsSection.ts";
import { EMPTY_VIEW, foldEvents, type RunView } from "./runView.ts";
import { followSentence } from "./sentence.ts";

function start(root: HTMLElement): void {
  let name = "";
  let record: RunRecord | undefined;
  let state: RunState = "starting";
  let view: RunView = EMPTY_VIEW;
  let layer = "";
  let mask: MaskState | undefined;
  let predictions: PredictionsState = {};
  let compaction: CompactionState = {};
  const sentence = followSentence();
  /** Then what was drawn stays, and nothing more can be done with it. */
  let isGone = false;
  let isDrawPending = false;

  const draw = (): void => {
    isDrawPending = false;
    if (record !== undefined) {
      if (!isGone) {
        page.write({ name, record, state, view });
      }
      charts.draw({ view, mask, predictions, compaction, sentence: sentence.stateIn(state) }, readTheme());
    }
  };
  const drawSoon = (): void => {
    if (!isDrawPending) {
      isDrawPending = true;
      requestAnimationFrame(draw);
    }
  };
  /** What is shown of the same layer stays until the new picture is there. */
  const askForMask = (): void => {
    if (layer !== "") {
      const units = view.layers.find((each) => each.name === layer)?.units;
      host.send({ type: "mask", layer, ...(units === undefined ? {} : { units }) });
    }
  };
  /** They are there when a run has ended. */
  const askForFindings = (events: readonly RunEvent[]): void => {
    if (events.some((event) => event.type === "result")) {
      host.send({ type: "predictions" });
      host.send({ type: "compaction" });
    }
  };
  const take = (message: ToPanel): void => {
    switch (message.type) {
      case "snapshot":
        ({ name, record, state } = message);
        view = foldEvents(EMPTY_VIEW, message.events);
        askForMask();
        askForFindings(message.events);
        break;
      case "events":
        ({ name, state } = message);
        view = foldEvents(view, message.events);
        if (hasNewMask(message.events)) {
          askForMask();
        }
        askForFindings(message.events);
        break;
      case "predictions":
        predictions = message;
        break;
      case "compaction":
        compaction = message;
        break;
      case "written":
        sentence.take(message);
        break;
      case "mask":
        if (message.layer === layer) {
          mask = maskState(message);
        }
        break;
      case "gone":
        isGone = true;
        page.writeProblem(message.message);
        return;
      default:
        message satisfies never;
    }
    drawSoon();
  };
  // First of all: it brings the texts that the page is made of.
  const host = connectHost<ToPanel, FromPanel | SaveFile>(
    ["snapshot", "events", "mask", "predictions", "compaction", "written", "gone"],
    take,
  );
  // Written into the page by the host, which has checked it.
  const saved = host.state as LivePanelState;
  const kept = host.kept as LivePanelState | undefined;
  // A panel that was hidden is made anew.
  let look = kept?.runDir === saved.runDir ? kept.look : saved.look;
  host.keep({ ...saved, look });
  const charts = createCharts({
    look,
    onLook(change) {
      look = { ...look, ...change };
      host.keep({ ...saved, look });
    },
    host: {
      saveFile: (file, base64) => host.send({ type: "saveFile", name: file, base64 }),
      tell: (message) => page.tell(message),
      fileStem: () => `${name} ${record?.id.slice(-4) ?? ""}`,
    },
    redraw: drawSoon,
    onPick(picked) {
      layer = picked;
      mask = layer === "" ? undefined : { is: "asked", layer };
      askForMask();
      drawSoon();
    },
    asking: {
      onAsk(text) {
        const id = sentence.ask();
        if (id !== undefined) {
          host.send({ type: "write", id, text });
          drawSoon();
        }
      },
      onStop() {
        sentence.stop();
        host.send({ type: "stopWriting" });
        drawSoon();
      },
    },
  });
  const page = buildPage(root, charts.sections, (deed) => host.send({ type: "steer", deed }));
  onThemeChange(drawSoon);
  host.send({ type: "ready" });
}

/** Every pruning, and every way back to another state, is followed by a checkpoint; so is the first moment of a run. */
function hasNewMask(events: readonly RunEvent[]): boolean {
  return events.some((event) => event.type === "checkpoint" || event.type === "result");
}

function maskState({ layer, picture, problem }: Extract<ToPanel, { type: "mask" }>): MaskState {
  if (picture !== undefined) {
    return { is: "here", picture };
  }
  return { is: "missing", layer, ...(problem === undefined ? {} : { problem }) };
}

const root = document.getElementById("panel");
if (root !== null) {
  start(root);
}
