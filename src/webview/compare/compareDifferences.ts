/** What is not the same in all runs. The longer of the two, runs or keys, goes down the page. */
import * as l10n from "@vscode/l10n";
import type { ComparedRun, Difference } from "../../protocol/comparison.ts";
import { cell, make } from "../base/elements.ts";
import { tableBox } from "../base/table.ts";
import { type CompareView, slotOf } from "./compareView.ts";
import { groundOf, markerElement, styleOf } from "./seriesStyle.ts";

/** @param same said where nothing differs */
export function differencesElement(view: CompareView, differences: readonly Difference[], same: string): HTMLElement {
  if (differences.length === 0) {
    return cell("p", same, "faint");
  }
  const { runs } = view.comparison;
  const runHeads = (scope: "col" | "row") => runs.map((run) => headCell(runName(view, run), scope));
  const keyHeads = (scope: "col" | "row") => differences.map(({ key }) => headCell(cell("span", key, "key"), scope));
  const value = (run: number, key: number): string | undefined => differences[key]?.values[run];
  const table = make("table", "differences");
  if (runs.length > differences.length) {
    fill(table, l10n.t("Run"), keyHeads("col"), runHeads("row"), value);
  } else {
    fill(table, l10n.t("Differs"), runHeads("col"), keyHeads("row"), (key, run) => value(run, key));
  }
  return tableBox(l10n.t("Differs"), table, "wide");
}

function fill(
  table: HTMLTableElement,
  corner: string,
  columns: readonly HTMLElement[],
  rows: readonly HTMLElement[],
  value: (row: number, column: number) => string | undefined,
): void {
  const head = make("tr");
  head.append(headCell(cell("span", corner), "col"), ...columns);
  const thead = make("thead");
  thead.append(head);
  const body = make("tbody");
  rows.forEach((first, row) => {
    const line = make("tr");
    const cells = columns.map((_, column) => {
      const text = value(row, column);
      return cell("td", text ?? "–", text === undefined ? "faint" : "value");
    });
    line.append(first, ...cells);
    body.append(line);
  });
  table.append(thead, body);
}

function headCell(content: HTMLElement, scope: "col" | "row"): HTMLElement {
  const element = make("th");
  element.scope = scope;
  element.append(content);
  return element;
}

function runName(view: CompareView, run: ComparedRun): HTMLElement {
  const name = make("span", "run");
  const style = styleOf(slotOf(view, run.id), groundOf(document.body));
  name.append(markerElement(style), cell("span", run.label, "label"));
  return name;
}
