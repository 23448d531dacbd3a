/** Figures as rows: what a chart shows, for those who read, copy or save it. */
import Papa from "papaparse";
import { box, cell, make } from "./elements.ts";

/** A figure and how it is written; files get the figure itself. */
export type Cell = string | { readonly value: number; readonly text: string };

export interface Sheet {
  readonly columns: readonly string[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly Cell[])[];
}

/** More rows than this nobody reads; the file has them all. */
const MOST_ROWS = 500;

/** A table in a box that scrolls, by keyboard as well. @param label what it shows, for the screen reader */
export function tableBox(label: string, table: HTMLTableElement, className = ""): HTMLElement {
  const element = box(`table-box ${className}`, table);
  element.tabIndex = 0;
  element.setAttribute("role", "region");
  element.setAttribute("aria-label", label);
  return element;
}

export function writeTable(table: HTMLTableElement, { columns, rows }: Sheet): void {
  const head = make("tr");
  head.append(...columns.map((name) => scoped(name, "col")));
  const thead = make("thead");
  thead.append(head);
  const body = make("tbody");
  for (const row of rows.slice(-MOST_ROWS)) {
    const line = make("tr");
    line.append(...row.map((one, index) => (index === 0 ? scoped(textOf(one), "row") : cell("td", textOf(one)))));
    body.append(line);
  }
  table.replaceChildren(thead, body);
  table.hidden = rows.length === 0;
}

/** What a spreadsheet would run. The library's own pattern lets a name pass that has a line break in it. */
const FORMULA = /^[=+\-@\t\r]/;

/** Names that a spreadsheet would run as a formula are made harmless. */
export function asCsv({ columns, rows }: Sheet): string {
  const data = rows.map((row) => row.map((one) => (typeof one === "string" ? one : one.value)));
  return `${Papa.unparse({ fields: [...columns], data }, { escapeFormulae: FORMULA, newline: "\n" })}\n`;
}

function textOf(one: Cell): string {
  return typeof one === "string" ? one : one.text;
}

function scoped(text: string, scope: "col" | "row"): HTMLElement {
  const element = cell("th", text);
  element.scope = scope;
  return element;
}
