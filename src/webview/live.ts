/** The live panel: takes a snapshot and what comes after it, and draws at most once a frame. */
import type { ToPanel } from "../protocol/panel.ts";
import type { RunRecord, RunState } from "../protocol/run.ts";
import { createCharts } from "./charts.ts";
import { connectHost } from "./host.ts";
import { buildPage } from "./page.ts";
import { EMPTY_VIEW, foldEvents, type RunView } from "./runView.ts";
import { onThemeChange, readTheme } from "./theme.ts";

function start(root: HTMLElement): void {
  const page = buildPage(root);
  const charts = createCharts(page.bars, page.curves);
  let record: RunRecord | undefined;
  let state: RunState = "starting";
  let view: RunView = EMPTY_VIEW;
  let isDrawPending = false;

  const draw = (): void => {
    isDrawPending = false;
    if (record !== undefined) {
      page.write(record, state, view);
      charts.draw(view, readTheme());
    }
  };
  const drawSoon = (): void => {
    if (!isDrawPending) {
      isDrawPending = true;
      requestAnimationFrame(draw);
    }
  };
  const take = (message: ToPanel): void => {
    switch (message.type) {
      case "snapshot":
        record = message.record;
        state = message.state;
        view = foldEvents(EMPTY_VIEW, message.events);
        break;
      case "events":
        state = message.state;
        view = foldEvents(view, message.events);
        break;
      case "gone":
        page.writeProblem(message.message);
        return;
      default:
        message satisfies never;
    }
    drawSoon();
  };
  const host = connectHost({ runDir: document.body.dataset["runDir"] ?? "" }, take);
  page.stop.addEventListener("click", () => host.send({ type: "stop" }));
  onThemeChange(drawSoon);
  host.send({ type: "ready" });
}

const root = document.getElementById("panel");
if (root !== null) {
  start(root);
}
