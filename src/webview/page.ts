/** The elements of the panel, made once, and how a view is written into them. */
import { asCount, asFigure, asMetric, asPercent } from "../protocol/figures.ts";
import { LIVE_STATES, type RunRecord, type RunState } from "../protocol/run.ts";
import { describeCurves } from "./charts.ts";
import { type RunView, totalSparsity } from "./runView.ts";

export interface Page {
  readonly bars: HTMLCanvasElement;
  readonly curves: HTMLCanvasElement;
  readonly stop: HTMLButtonElement;
  write(record: RunRecord, state: RunState, view: RunView): void;
  /** Instead of everything else: the run cannot be shown. */
  writeProblem(message: string): void;
}

const STATE_WORDS: Readonly<Record<RunState, string>> = {
  starting: "Starting",
  running: "Running",
  paused: "Paused",
  stopping: "Stopping",
  done: "Done",
  failed: "Failed",
  stopped: "Stopped",
  interrupted: "Interrupted",
};

export function buildPage(root: HTMLElement): Page {
  const title = make("h1");
  const badge = make("span", "badge");
  const where = make("span", "faint");
  const stop = make("button");
  stop.type = "button";
  stop.textContent = "Stop";
  stop.title = "Stop training after this step; the run can be resumed";
  const bar = make("progress");
  bar.setAttribute("aria-label", "Epochs done");
  const notice = make("p", "notice");
  notice.setAttribute("role", "status");
  const figures = make("dl", "figures");
  const bars = make("canvas");
  const curves = make("canvas");
  const barsHeading = heading("Sparsity per layer", "bars-heading");
  const curvesHeading = heading("Sparsity and validation metric", "curves-heading");
  const legend = make("div", "legend");
  const table = make("table");
  for (const [canvas, label] of [
    [bars, "Bars: sparsity of each layer in percent. The table below has the same figures."],
    [curves, "Lines: sparsity and validation metric over epochs."],
  ] as const) {
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label);
  }
  const head = make("header");
  const line = make("div", "title");
  line.append(title, badge, where, stop);
  head.append(line, bar, notice);
  const barsSection = section(barsHeading, box(bars, "chart bars"), table);
  const curvesSection = section(curvesHeading, legend, box(curves, "chart curves"));
  const body = make("div", "body");
  body.append(figures, barsSection, curvesSection);
  root.replaceChildren(head, body);

  return {
    bars,
    curves,
    stop,
    write(record, state, view) {
      title.textContent = record.name;
      badge.textContent = STATE_WORDS[state];
      badge.dataset["state"] = state;
      where.textContent = view.engine === "" ? "" : `on ${view.engine}`;
      stop.hidden = !LIVE_STATES.has(state);
      stop.disabled = state === "stopping";
      writeProgress(bar, state, view);
      notice.textContent = noticeText(state, view);
      notice.hidden = notice.textContent === "";
      figures.replaceChildren(...collectFigures(view).map(figure));
      writeTable(table, view);
      legend.replaceChildren(
        swatch("sparsity", "Sparsity"),
        swatch("metric", view.metric),
        swatch("pruned", "Weights removed"),
      );
      curves.setAttribute("aria-label", describeCurves(view));
    },
    writeProblem(message) {
      notice.hidden = false;
      notice.textContent = message;
      stop.hidden = true;
      body.hidden = title.textContent === "";
    },
  };
}

function writeProgress(bar: HTMLProgressElement, state: RunState, view: RunView): void {
  bar.hidden = !LIVE_STATES.has(state);
  if (view.epochsPlanned > 0) {
    bar.max = view.epochsPlanned;
    bar.value = Math.max(0, view.epoch - 1 + view.epochPart);
  } else {
    bar.removeAttribute("value");
  }
}

function noticeText(state: RunState, view: RunView): string {
  if (view.error !== undefined && state === "failed") {
    return `${view.error.message} ${view.error.remedy}`;
  }
  if (state === "interrupted") {
    return "The training process is gone. The run can be resumed from its last checkpoint: whittle resume.";
  }
  return view.layers.length === 0 && LIVE_STATES.has(state) ? "Loading engine, model and data …" : "";
}

function collectFigures(view: RunView): readonly (readonly [string, string])[] {
  const { result, reference } = view;
  const last = view.epochs.at(-1);
  const none = "–";
  const sparsity = view.layers.length === 0 ? none : asPercent(result?.sparsity ?? totalSparsity(view.layers));
  const metric = result?.validation.metric ?? last?.metric;
  const epoch = view.epochsPlanned > 0 ? `${view.epoch} of ${view.epochsPlanned}` : String(view.epoch);
  const figures: [string, string][] = [
    ["Sparsity", sparsity],
    [`Validation ${view.metric}`, metric === undefined ? none : asMetric(view.metric, metric)],
    [`Dense ${view.metric}`, reference === undefined ? none : asMetric(view.metric, reference.metric)],
  ];
  if (result === undefined) {
    const loss = view.loss === undefined ? none : asFigure(view.loss);
    return [...figures, ["Epoch", view.epoch === 0 ? none : epoch], ["Phase", view.phase || none], ["Loss", loss]];
  }
  return [
    ...figures,
    [`Test ${view.metric}`, asMetric(view.metric, result.test.metric)],
    ["Epochs", String(result.epochs)],
  ];
}

function writeTable(table: HTMLTableElement, view: RunView): void {
  const head = make("tr");
  for (const name of ["Layer", "Sparsity", "Weights left", "Units alive"]) {
    const th = cell("th", name);
    th.setAttribute("scope", "col");
    head.append(th);
  }
  const rows = view.layers.map((layer) => {
    const row = make("tr");
    const name = cell("th", layer.name);
    name.setAttribute("scope", "row");
    row.append(
      name,
      cell("td", asPercent(layer.sparsity)),
      cell("td", `${asCount(layer.remaining)} of ${asCount(layer.total)}`),
      cell("td", `${asCount(layer.unitsAlive)} of ${asCount(layer.units)}`),
    );
    return row;
  });
  const body = make("tbody");
  body.append(...rows);
  const thead = make("thead");
  thead.append(head);
  table.replaceChildren(thead, body);
  table.hidden = rows.length === 0;
}

function make<K extends keyof HTMLElementTagNameMap>(tag: K, className = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}

/** Text only: names come from a user's files. */
function cell<K extends keyof HTMLElementTagNameMap>(tag: K, text: string): HTMLElementTagNameMap[K] {
  const element = make(tag);
  element.textContent = text;
  return element;
}

function figure([name, value]: readonly [string, string]): HTMLElement {
  const group = make("div");
  group.append(cell("dt", name), cell("dd", value));
  return group;
}

function heading(text: string, id: string): HTMLElement {
  const element = cell("h2", text);
  element.id = id;
  return element;
}

function section(title: HTMLElement, ...content: readonly HTMLElement[]): HTMLElement {
  const element = make("section");
  element.setAttribute("aria-labelledby", title.id);
  element.append(title, ...content);
  return element;
}

function box(content: HTMLElement, className: string): HTMLElement {
  const element = make("div", className);
  element.append(content);
  return element;
}

function swatch(series: string, text: string): HTMLElement {
  const element = cell("span", text);
  element.className = `swatch ${series}`;
  return element;
}
