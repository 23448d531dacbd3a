/** A confusion matrix: a row for each target, in it how often each class was predicted. */
import * as l10n from "@vscode/l10n";
import { asCount } from "../../protocol/figures.ts";
import { cell, make } from "../base/elements.ts";

/** @param counts by target, then by predicted class @param names of the classes */
export function writeConfusion(
  table: HTMLTableElement,
  counts: readonly (readonly number[])[],
  names: readonly string[],
): void {
  const head = make("tr");
  head.append(cell("td", l10n.t("Target ↓ predicted →")), ...names.map((name) => scoped(name, "col")));
  const thead = make("thead");
  thead.append(head);
  const body = make("tbody");
  for (const [target, row] of counts.entries()) {
    const all = row.reduce((sum, count) => sum + count, 0);
    const line = make("tr");
    line.append(
      scoped(names[target] ?? "", "row"),
      ...row.map((count, predicted) => countCell(count, all, predicted === target)),
    );
    body.append(line);
  }
  table.replaceChildren(thead, body);
}

function countCell(count: number, all: number, isRight: boolean): HTMLElement {
  const element = cell("td", count === 0 ? "" : asCount(count), isRight ? "right" : "");
  element.style.setProperty("--part", String(all === 0 ? 0 : count / all));
  return element;
}

function scoped(name: string, scope: "col" | "row"): HTMLElement {
  const element = cell("th", name);
  element.scope = scope;
  return element;
}
