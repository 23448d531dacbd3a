/** A data set in figures, with the examples of each class, and the first examples as pictures or rows. */
import * as l10n from "@vscode/l10n";
import type { DataDescription, Range } from "../../protocol/dataDescription.ts";
import { asCount, asFigure, asShape } from "../../protocol/figures.ts";
import { box, cell, figure, make, section } from "../base/elements.ts";
import { pictureElement } from "../base/picture.ts";
import { type Sheet, tableBox, writeTable } from "../base/table.ts";

/** Numbers of an example that a row shows. */
const MOST_NUMBERS = 16;

export function writeDataPage(root: HTMLElement, description: DataDescription): void {
  const { spec, sha256, xShape, yShape, x, y, vocabulary, examples } = description;
  const classes = classesOf(description);
  const figures = make("dl", "figures");
  figures.append(
    figure(l10n.t("example"), xShape.length === 0 ? l10n.t("one number") : asShape(xShape)),
    vocabulary === undefined
      ? figure(l10n.t("values"), rangeText(x))
      : figure(l10n.t("vocabulary"), l10n.t("{0} tokens", asCount(vocabulary))),
    figure(l10n.t("target"), classes === undefined ? asShape(yShape) : l10n.t("{0} classes", asCount(classes))),
    ...(y === undefined ? [] : [figure(l10n.t("target's values"), rangeText(y))]),
  );
  const first = examples.length === 0 ? cell("p", l10n.t("They are too large to be shown."), "faint") : undefined;
  const streamed = cell(
    "p",
    l10n.t("Training examples are streamed: what is said of values and shown is of the validation split."),
    "faint",
  );
  root.replaceChildren(
    cell("h1", spec),
    cell("p", `sha256 ${sha256}`, "faint"),
    figures,
    ...(description.from === "validation" ? [streamed] : []),
    section(l10n.t("Examples of each split"), [], countsTable(description)),
    section(titleOf(description), [], first ?? shownExamples(description)),
  );
}

const titleOf = ({ from }: DataDescription): string =>
  from === "train" ? l10n.t("First training examples") : l10n.t("First validation examples");

/** How many there are, where all are counted. */
const classesOf = ({ splits, from }: DataDescription): number | undefined =>
  splits.find(({ name }) => name === from)?.perClass?.length;

function rangeText({ min, max, mean }: Range): string {
  return l10n.t("{0} to {1}, mean {2}", asFigure(min), asFigure(max), asFigure(mean));
}

function countsTable(description: DataDescription): HTMLElement {
  const { splits } = description;
  const classes = Array.from({ length: classesOf(description) ?? 0 });
  type Counted = DataDescription["splits"][number];
  const row = (name: string, countOf: (split: Counted) => number | undefined): Sheet["rows"][number] => [
    name,
    ...splits.map(countOf).map((count) => (count === undefined ? "" : { value: count, text: asCount(count) })),
  ];
  const sheet: Sheet = {
    columns: ["", ...splits.map(({ name }) => name)],
    rows: [
      row(l10n.t("all"), ({ count }) => count),
      ...classes.map((_, id) => row(className(description, id), ({ perClass }) => perClass?.[id])),
    ],
  };
  return written(l10n.t("Examples of each split"), sheet);
}

function shownExamples(description: DataDescription): HTMLElement {
  if (description.vocabulary !== undefined) return texts(description);
  return isPicture(description.xShape) ? pictures(description) : rows(description);
}

/** Each in its own direction, whatever that of the page is. */
function texts(description: DataDescription): HTMLElement {
  const sheet: Sheet = {
    columns: ["", l10n.t("text"), l10n.t("target")],
    rows: description.examples.map(({ texts: [text = "", written] = [], y }, at) => [
      String(at + 1),
      text,
      written ?? targetText(description, y),
    ]),
  };
  const table = written(titleOf(description), sheet);
  for (const each of table.querySelectorAll("td")) each.dir = "auto";
  return table;
}

const isPicture = (shape: readonly number[]): boolean => shape.length === 3 && (shape[2] === 1 || shape[2] === 3);

function pictures(description: DataDescription): HTMLElement {
  const { xShape, x, examples } = description;
  return box(
    "pictures",
    ...examples.map((example) => {
      const text = targetText(description, example.y);
      const frame = make("figure");
      frame.append(pictureElement(example.x, xShape, x, text), cell("figcaption", text));
      return frame;
    }),
  );
}

function rows(description: DataDescription): HTMLElement {
  const { examples } = description;
  const numbers = Math.min(examples[0]?.x.length ?? 0, MOST_NUMBERS);
  const isCut = (examples[0]?.x.length ?? 0) > numbers;
  const sheet: Sheet = {
    columns: [l10n.t("target"), ...Array.from({ length: numbers }, (_, at) => `x${at}`), ...(isCut ? ["…"] : [])],
    rows: examples.map(({ x, y }) => [
      targetText(description, y),
      ...x.slice(0, numbers).map((value) => ({ value, text: asFigure(value) })),
      ...(isCut ? [""] : []),
    ]),
  };
  return written(titleOf(description), sheet);
}

function className({ classNames }: DataDescription, id: number): string {
  return classNames?.[id] ?? l10n.t("class {0}", id);
}

function targetText(description: DataDescription, target: readonly number[]): string {
  if (description.y === undefined) {
    return className(description, target[0] ?? 0);
  }
  return `${target.slice(0, MOST_NUMBERS).map(asFigure).join(", ")}${target.length > MOST_NUMBERS ? " …" : ""}`;
}

function written(label: string, sheet: Sheet): HTMLElement {
  const table = make("table");
  writeTable(table, sheet);
  return tableBox(label, table);
}
