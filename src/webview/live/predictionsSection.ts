/** What the dense and the pruned model say of the classes of validation examples: who is wrong, with what, and on which. */
import * as l10n from "@vscode/l10n";
import { asCount, asPercent } from "../../protocol/figures.ts";
import type { ToPanel } from "../../protocol/panel.ts";
import type { ClassPredictions, ShownExample } from "../../protocol/predictions.ts";
import { box, cell, make, section } from "../base/elements.ts";
import { pictureElement } from "../base/picture.ts";
import { type Sheet, tableBox, writeTable } from "../base/table.ts";
import { type ChartHost, chartMenu } from "../charts/chartMenu.ts";
import { writeConfusion } from "./confusionTable.ts";

/** A run has predictions when it has ended. */
export type PredictionsState = Pick<Extract<ToPanel, { type: "predictions" }>, "predictions" | "problem">;

export interface PredictionsSection {
  readonly section: HTMLElement;
  write(state: PredictionsState): void;
}

/** A matrix of more classes is too wide to be read: what is confused most often takes its place. */
const WIDEST_MATRIX = 20;
const MOST_PAIRS = 20;
/** What a byte of a picture is between. */
const BYTES = { min: 0, max: 255 };

export function predictionsSection(host: ChartHost): PredictionsSection {
  const title = l10n.t("Predictions");
  let shown: ClassPredictions | undefined;
  let seen: PredictionsState | undefined;
  const menu = chartMenu(host, { title, sheet: () => (shown === undefined ? NO_SHEET : pairsOf(shown)) });
  const caption = make("p", "caption");
  const matrices = box("matrices");
  const examples = box("examples");
  const element = section(title, menu, caption, matrices, examples);
  element.hidden = true;
  return {
    section: element,
    write(state) {
      if (state === seen) {
        return;
      }
      seen = state;
      const { predictions, problem } = state;
      shown = predictions?.of === "classes" ? predictions : undefined;
      element.hidden = shown === undefined && problem === undefined;
      caption.textContent = shown === undefined ? (problem ?? "") : describe(shown);
      matrices.replaceChildren(...(shown === undefined ? [] : confusionsOf(shown)));
      examples.replaceChildren(...(shown === undefined ? [] : examplesOf(shown)));
    },
  };
}

const NO_SHEET: Sheet = { columns: [], rows: [] };

function describe({ count, wrong }: ClassPredictions): string {
  return l10n.t(
    "Of {0} validation examples {1} are wrong with the pruned model alone, {2} with the dense one alone, {3} with both.",
    asCount(count),
    asCount(wrong.pruned),
    asCount(wrong.dense),
    asCount(wrong.both),
  );
}

function confusionsOf(predictions: ClassPredictions): readonly HTMLElement[] {
  if (predictions.classes > WIDEST_MATRIX) {
    const title = l10n.t("Confused most often");
    const table = make("table");
    const { columns, rows } = pairsOf(predictions);
    const isWrong = ([target, predicted]: Sheet["rows"][number]) => target !== predicted;
    writeTable(table, { columns, rows: rows.filter(isWrong).slice(0, MOST_PAIRS) });
    return [box("matrix", cell("h3", title), tableBox(title, table))];
  }
  const matrix = (title: string, counts: ClassPredictions["confusion"]["dense"]): HTMLElement => {
    const table = make("table", "confusion");
    writeConfusion(table, counts, namesOf(predictions));
    return box("matrix", cell("h3", title), tableBox(title, table));
  };
  return [
    matrix(l10n.t("Confusion matrix, dense"), predictions.confusion.dense),
    matrix(l10n.t("Confusion matrix, pruned"), predictions.confusion.pruned),
  ];
}

/** What occurs, the most frequent with the pruned model first. */
function pairsOf(predictions: ClassPredictions): Sheet {
  const { confusion, classes } = predictions;
  const names = namesOf(predictions);
  const pairs = Array.from({ length: classes * classes }, (_, at) => {
    const [target, predicted] = [Math.floor(at / classes), at % classes];
    const of = (counts: typeof confusion.dense) => counts[target]?.[predicted] ?? 0;
    return { target, predicted, dense: of(confusion.dense), pruned: of(confusion.pruned) };
  }).filter(({ dense, pruned }) => dense + pruned > 0);
  pairs.sort((a, b) => b.pruned - a.pruned || b.dense - a.dense);
  const counted = (value: number) => ({ value, text: asCount(value) });
  return {
    columns: [l10n.t("Target"), l10n.t("Predicted"), l10n.t("Dense"), l10n.t("Pruned")],
    rows: pairs.map(({ target, predicted, dense, pruned }) => [
      names[target] ?? "",
      names[predicted] ?? "",
      counted(dense),
      counted(pruned),
    ]),
  };
}

/** Names of the data, else the ids themselves. */
function namesOf({ classes, names }: ClassPredictions): readonly string[] {
  return Array.from({ length: classes }, (_, id) => names?.[id] ?? String(id));
}

function examplesOf(predictions: ClassPredictions): readonly HTMLElement[] {
  const { examples, pictures } = predictions;
  const names = namesOf(predictions);
  const bytes = Uint8Array.from(atob(pictures?.base64 ?? ""), (character) => character.charCodeAt(0));
  return examples.map((example, at) => {
    const element = make("figure", "example");
    if (pictures !== undefined) {
      const { height, width, channels } = pictures;
      const size = height * width * channels;
      const own = bytes.subarray(at * size, (at + 1) * size);
      const label = l10n.t("Validation example {0}", example.index);
      element.append(pictureElement(own, [height, width, channels], BYTES, label));
    }
    const text = make("figcaption");
    text.append(
      cell("strong", l10n.t("Example {0}: {1}", example.index, names[example.target] ?? "")),
      ...opinionsOf(example, names),
    );
    element.append(text);
    return element;
  });
}

function opinionsOf({ target, dense, pruned }: ShownExample, names: readonly string[]): readonly HTMLElement[] {
  type Say = (sign: string, name: string, score: string) => string;
  // A sign, so that it does not hang on the weight of the letters alone.
  const opinion = ({ predicted, score }: typeof dense, say: Say): HTMLElement => {
    const isRight = predicted === target;
    const text = say(isRight ? "✓" : "✗", names[predicted] ?? "", asPercent(score, 0));
    return cell("span", text, isRight ? "" : "wrong");
  };
  return [
    opinion(dense, (...parts) => l10n.t("{0} dense: {1} ({2})", ...parts)),
    opinion(pruned, (...parts) => l10n.t("{0} pruned: {1} ({2})", ...parts)),
  ];
}
