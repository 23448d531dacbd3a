/** The head of the panel: what runs, how it stands, the figures; and where the charts go. */
import * as l10n from "@vscode/l10n";
import { asCount, asDuration, asFigure, asMetric, asPercent } from "../../protocol/figures.ts";
import { secondsLeft } from "../../protocol/pace.ts";
import type { Deed } from "../../protocol/panel.ts";
import { LIVE_STATES, type RunRecord, type RunState } from "../../protocol/run.ts";
import { box, cell, figure, icon, make } from "../base/elements.ts";
import { stateWord } from "../base/stateWords.ts";
import { phaseWord } from "./phaseWords.ts";
import { type RunView, totalSparsity } from "./runView.ts";
import { createSteering } from "./steering.ts";

export interface Shown {
  /** What the user calls the run. */
  readonly name: string;
  readonly record: RunRecord;
  readonly state: RunState;
  readonly view: RunView;
}

export interface Page {
  write(shown: Shown): void;
  /** A line below the title, until something else is to be said. */
  tell(message: string): void;
  /** The run cannot be shown or steered any more; its last figures stay. */
  writeProblem(message: string): void;
}

interface Notice {
  readonly icon: "error" | "warning" | "info";
  readonly text: string;
}

/** @param sections the charts, in order */
export function buildPage(root: HTMLElement, sections: readonly HTMLElement[], onDeed: (deed: Deed) => void): Page {
  const title = make("h1");
  const badge = make("span", "badge");
  const where = make("span", "faint");
  const steering = createSteering(onDeed);
  const bar = make("progress");
  bar.setAttribute("aria-label", l10n.t("Epochs done"));
  const notices = box("notices");
  notices.setAttribute("role", "status");
  const figures = make("dl", "figures");
  const head = make("header");
  head.append(box("title", title, badge, where, steering.element), bar, notices);
  const body = box("body", figures, ...sections);
  root.replaceChildren(head, body);

  let told: Notice | undefined;
  let own: readonly Notice[] = [];
  let written = "";
  const writeNotices = (): void => {
    const all = told === undefined ? own : [told, ...own];
    // Written when they change only: a screen reader reads them out.
    const key = JSON.stringify(all);
    if (key !== written) {
      written = key;
      notices.replaceChildren(...all.map(noticeLine));
    }
  };
  return {
    tell(message) {
      told = { icon: "info", text: message };
      writeNotices();
    },
    write({ name, record, state, view }) {
      title.textContent = name;
      title.title = record.id;
      badge.textContent = stateWord(state);
      badge.dataset["state"] = state;
      where.textContent = view.engine === "" ? "" : whereText(view);
      where.title = view.execution?.reason ?? "";
      steering.write(state, view);
      writeProgress(bar, state, view);
      own = collectNotices(state, view);
      writeNotices();
      figures.replaceChildren(...collectFigures(state, view).map(([key, value]) => figure(key, value)));
    },
    writeProblem(message) {
      told = { icon: "error", text: message };
      own = [];
      writeNotices();
      for (const one of [badge, steering.element, bar]) {
        one.hidden = true;
      }
      body.hidden = title.textContent === "";
    },
  };
}

function whereText({ engine, execution }: RunView): string {
  return execution?.mode === "graph" ? l10n.t("on {0}, each step as one graph", engine) : l10n.t("on {0}", engine);
}

function noticeLine(notice: Notice): HTMLElement {
  const line = make("p", `notice ${notice.icon}`);
  line.append(icon(notice.icon), cell("span", notice.text));
  return line;
}

function writeProgress(bar: HTMLProgressElement, state: RunState, view: RunView): void {
  bar.hidden = !LIVE_STATES.has(state);
  const { planned, epochs, part } = view.pace;
  if (planned !== undefined && planned > 0) {
    bar.max = planned;
    bar.value = epochs + part;
  } else {
    bar.removeAttribute("value");
  }
}

function collectNotices(state: RunState, view: RunView): readonly Notice[] {
  const notices: Notice[] = [];
  if (view.error !== undefined && state === "failed") {
    notices.push({ icon: "error", text: `${view.error.message} ${view.error.remedy}` });
  }
  if (state === "interrupted") {
    const text = l10n.t("The training process is gone. The run can be resumed from its last checkpoint.");
    notices.push({ icon: "warning", text });
  }
  if (state === "queued") {
    notices.push({ icon: "info", text: l10n.t("The run starts when one of those before it has ended.") });
  } else if (view.layers.length === 0 && LIVE_STATES.has(state)) {
    notices.push({ icon: "info", text: l10n.t("Loading engine, model and data …") });
  }
  for (const text of new Set(view.warnings)) {
    notices.push({ icon: "warning", text });
  }
  return notices;
}

const NONE = "–";

/** Of the network that is really trained, once it is smaller than the user's. */
function collectSize({ trained, stepSeconds }: RunView): [string, string][] {
  if (trained === undefined) return [];
  const size = l10n.t("{0} of {1}", asCount(trained.trained), asCount(trained.model));
  const time = (seconds: number): string => `${asFigure(1000 * seconds)} ms`;
  return [
    [l10n.t("Weights trained"), size],
    ...(stepSeconds === undefined
      ? []
      : [
          [l10n.t("A step"), l10n.t("{0}, {1} at first", time(stepSeconds.last), time(stepSeconds.first))] as [
            string,
            string,
          ],
        ]),
  ];
}

function collectFigures(state: RunState, view: RunView): readonly (readonly [string, string])[] {
  const { result, reference } = view;
  const sparsity = view.layers.length === 0 ? NONE : asPercent(result?.sparsity ?? totalSparsity(view.layers));
  const metric =
    result?.validation.metric ?? view.epochs.findLast((epoch) => epoch.metric !== null)?.metric ?? undefined;
  const figures: [string, string][] = [
    [l10n.t("Sparsity"), sparsity],
    [l10n.t("Validation {0}", view.metric), metric === undefined ? NONE : asMetric(view.metric, metric)],
    [l10n.t("Dense {0}", view.metric), reference === undefined ? NONE : asMetric(view.metric, reference.metric)],
    ...collectSize(view),
  ];
  if (result !== undefined) {
    return [
      ...figures,
      [l10n.t("Test {0}", view.metric), asMetric(view.metric, result.test.metric)],
      [l10n.t("Epochs"), String(result.epochs)],
      [l10n.t("Training time"), asDuration(result.seconds)],
    ];
  }
  const { planned, stepsPerSecond } = view.pace;
  const epoch = planned === undefined ? String(view.epoch) : l10n.t("{0} of {1}", view.epoch, planned);
  const loss = view.loss === undefined ? NONE : asFigure(view.loss);
  return [
    ...figures,
    [l10n.t("Epoch"), view.epoch === 0 ? NONE : epoch],
    [l10n.t("Phase"), view.phase === "" ? NONE : phaseWord(view.phase)],
    [l10n.t("Training loss"), loss],
    ...(stepsPerSecond === undefined
      ? []
      : [[l10n.t("Steps a second"), asCount(Math.round(stepsPerSecond))] as [string, string]]),
    ...(LIVE_STATES.has(state) ? [[l10n.t("Time left, at most"), timeLeft(view)] as [string, string]] : []),
  ];
}

/** A run may end sooner than planned. */
function timeLeft({ pace }: RunView): string {
  const seconds = secondsLeft(pace);
  return seconds === undefined ? NONE : asDuration(seconds);
}
