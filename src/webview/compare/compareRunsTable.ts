/** The runs with their figures: also the legend of all charts, and where a run is shown, hidden or opened. */
import * as l10n from "@vscode/l10n";
import type { ComparedRun, Comparison, SeedGroup, Spread } from "../../protocol/comparison.ts";
import { changeText, NONE, scoreText } from "../../protocol/comparisonTexts.ts";
import { asCount, asDuration, asDurationSpread, asMetric, asPercent, asSpread } from "../../protocol/figures.ts";
import { cell, make } from "../base/elements.ts";
import { stateWord } from "../base/stateWords.ts";
import { type CompareView, slotOf } from "./compareView.ts";
import { outcomeQuantity } from "./quantities.ts";
import { groundOf, markerElement, styleOf } from "./seriesStyle.ts";

export interface RunsTableActions {
  open(run: ComparedRun): void;
  setVisible(run: ComparedRun, isVisible: boolean): void;
}

export function writeRunsTable(table: HTMLTableElement, view: CompareView, actions: RunsTableActions): void {
  const { comparison } = view;
  const { metric } = comparison;
  const columns: readonly Column<ComparedRun>[] = [
    [l10n.t("State"), (run) => stateWord(run.state), "text"],
    [l10n.t("Seed"), (run) => (run.seed === undefined ? NONE : String(run.seed))],
    [l10n.t("Sparsity"), (run) => asPercent(run.sparsity, 2)],
    [l10n.t("Weights left"), (run) => (run.params === undefined ? NONE : asCount(run.params.remaining))],
    [outcomeQuantity("validation", metric).title, (run) => scoreText(run, "validation", metric)],
    [outcomeQuantity("test", metric).title, (run) => scoreText(run, "test", metric)],
    [l10n.t("Test against dense"), changeText],
    [l10n.t("Epochs"), (run) => asCount(run.epochs)],
    [l10n.t("Training"), (run) => asDuration(run.seconds)],
    [l10n.t("Pareto front"), (run) => frontText(comparison.fronts.runs, run.id), "text"],
  ];
  const rows = comparison.runs.map((run) => ({ head: runCell(run, view, actions), item: run }));
  writeColumns(table, l10n.t("Run"), columns, rows);
}

/** Only groups of several runs; hidden when there are none. */
export function writeSeedsTable(table: HTMLTableElement, view: CompareView): void {
  const { metric, fronts, groups } = view.comparison;
  const spread = (value: Spread | undefined, text: (value: number) => string): string =>
    value === undefined ? NONE : asSpread(value, text);
  const columns: readonly Column<SeedGroup>[] = [
    [l10n.t("Seeds"), (group) => group.seeds.join(", "), "text"],
    [l10n.t("Runs counted"), (group) => String(group.sparsity?.n ?? 0)],
    [l10n.t("Sparsity"), (group) => spread(group.sparsity, (value) => asPercent(value, 2))],
    [
      outcomeQuantity("validation", metric).title,
      (group) => spread(group.validation, (value) => asMetric(metric, value)),
    ],
    [outcomeQuantity("test", metric).title, (group) => spread(group.test, (value) => asMetric(metric, value))],
    [l10n.t("Training"), (group) => (group.seconds === undefined ? NONE : asDurationSpread(group.seconds))],
    [l10n.t("Pareto front"), (group) => frontText(fronts.groups, group.runs[0] ?? ""), "text"],
  ];
  const rows = groups
    .filter((group) => group.runs.length > 1)
    .map((group) => {
      const head = make("span", "run");
      head.append(markerOf(view, group.runs[0] ?? ""), cell("span", group.label));
      return { head, item: group };
    });
  writeColumns(table, l10n.t("Runs that differ only by seed, mean ± deviation"), columns, rows);
}

type Column<T> = readonly [name: string, text: (item: T) => string, kind?: "text"];

function writeColumns<T>(
  table: HTMLTableElement,
  first: string,
  columns: readonly Column<T>[],
  rows: readonly { readonly head: HTMLElement; readonly item: T }[],
): void {
  const head = make("tr");
  for (const [name, , kind] of [[first, () => "", "text"] as const, ...columns]) {
    const element = cell("th", name, kind ?? "");
    element.scope = "col";
    head.append(element);
  }
  const body = make("tbody");
  for (const { head: first, item } of rows) {
    const line = make("tr");
    const name = make("th");
    name.scope = "row";
    name.append(first);
    line.append(name, ...columns.map(([, text, kind]) => cell("td", text(item), kind ?? "")));
    body.append(line);
  }
  const thead = make("thead");
  thead.append(head);
  table.replaceChildren(thead, body);
}

/** Box, mark and name. */
function runCell(run: ComparedRun, view: CompareView, actions: RunsTableActions): HTMLElement {
  const box = make("input");
  box.type = "checkbox";
  box.checked = !view.options.hidden.includes(run.id);
  box.dataset["run"] = run.id;
  box.setAttribute("aria-label", l10n.t("Draw {0}", run.label));
  box.addEventListener("change", () => actions.setVisible(run, box.checked));
  const name = cell("button", run.label, "link");
  name.type = "button";
  name.dataset["run"] = run.id;
  name.title = l10n.t("Show this run in its own panel: {0}", run.id);
  name.addEventListener("click", () => actions.open(run));
  const element = make("span", "run");
  element.append(box, markerOf(view, run.id), name);
  return element;
}

function markerOf(view: CompareView, id: string): SVGSVGElement {
  return markerElement(styleOf(slotOf(view, id), groundOf(document.body)));
}

function frontText(fronts: Comparison["fronts"]["runs"], key: string): string {
  const words = { validation: l10n.t("validation"), test: l10n.t("test") };
  return (["validation", "test"] as const)
    .filter((split) => fronts[split].includes(key))
    .map((split) => words[split])
    .join(", ");
}
