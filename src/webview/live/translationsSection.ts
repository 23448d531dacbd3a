/** What the dense and the pruned model write for validation examples: side by side, with marks on what has changed. */
import * as l10n from "@vscode/l10n";
import { asChange, asCount, asMetric } from "../../protocol/figures.ts";
import type { Predictions, TextPredictions } from "../../protocol/predictions.ts";
import { checkControl } from "../base/controls.ts";
import { box, cell, figure, make, section } from "../base/elements.ts";
import type { Sheet } from "../base/table.ts";
import { type ChartHost, chartMenu } from "../charts/chartMenu.ts";
import { modelTexts, textsElement, wholeText } from "./exampleTexts.ts";
import { createLostTokens } from "./lostTokens.ts";
import { markLegend } from "./markedText.ts";
import { createSentenceBox, type SentenceParts, type SentenceState } from "./sentenceBox.ts";
import { type TextChanges, textChanges } from "./textChanges.ts";

export interface TranslationsSection {
  readonly section: HTMLElement;
  /** Hidden where there are none. @param sentence that the user tries */
  write(predictions: Predictions | undefined, sentence: SentenceState): void;
}

type Example = TextPredictions["examples"][number] & { readonly changes: TextChanges };

/** So many are on the page at first, and so many more each time. */
const PAGE = 25;

export function translationsSection(host: ChartHost, asking: SentenceParts): TranslationsSection {
  const title = l10n.t("Translations");
  let seen: Predictions | undefined;
  let examples: readonly Example[] = [];
  let onlyChanged = false;
  let most = PAGE;
  const figures = make("dl", "figures");
  const caption = make("p", "caption");
  const filter = checkControl(l10n.t("Only what changed"), onlyChanged, (isChecked) => {
    onlyChanged = isChecked;
    most = PAGE;
    writeList();
  });
  const list = make("ol", "translations");
  const none = cell("p", l10n.t("Pruning has changed none of these."), "empty");
  const more = make("button");
  more.type = "button";
  more.addEventListener("click", () => {
    const first = most;
    most += PAGE;
    writeList();
    // The button may be gone; the reader goes on with what is new.
    (list.children[first] as HTMLElement | undefined)?.focus();
  });
  const writeList = (): void => {
    const fitting = examples.filter(({ changes }) => changes.isChanged || !onlyChanged);
    list.replaceChildren(...fitting.slice(0, most).map(exampleElement));
    none.hidden = fitting.length > 0;
    more.hidden = fitting.length <= most;
    more.textContent = l10n.t("Show {0} more", asCount(Math.min(PAGE, fitting.length - most)));
  };
  const menu = chartMenu(host, { title, sheet: () => sheetOf(examples) });
  const controls = box("controls", filter, markLegend());
  const lost = createLostTokens();
  const tried = createSentenceBox(asking, {
    label: l10n.t("Try a sentence"),
    hint: l10n.t("See what the dense and the pruned model write for it"),
    missing: l10n.t("Type a sentence first."),
  });
  const element = section(title, menu, figures, caption, tried.element, controls, list, none, more, lost.element);
  element.hidden = true;
  return {
    section: element,
    write(predictions, sentence) {
      const shown = predictions?.of === "texts" ? predictions : undefined;
      const metric = shown?.metric;
      element.hidden = metric === undefined;
      if (metric !== undefined) {
        tried.write(sentence);
      }
      if (predictions === seen) {
        return;
      }
      seen = predictions;
      examples = shown === undefined ? [] : changedFirst(shown);
      most = PAGE;
      if (shown !== undefined && metric !== undefined) {
        figures.replaceChildren(...figuresOf(metric));
        lost.write(shown.lost);
        // As sacreBLEU prints it beside its figures, in no language.
        caption.textContent = `${describe(shown, examples)} ${metric.signature}`;
      }
      writeList();
    },
  };
}

function changedFirst({ examples }: TextPredictions): readonly Example[] {
  const compared = examples.map((one) => ({ ...one, changes: textChanges(one.dense, one.pruned) }));
  return compared.toSorted((a, b) => Number(b.changes.isChanged) - Number(a.changes.isChanged));
}

function figuresOf({ name, dense, pruned }: NonNullable<TextPredictions["metric"]>): readonly HTMLElement[] {
  return [
    figure(l10n.t("Dense {0}", name), asMetric(name, dense)),
    figure(l10n.t("Pruned {0}", name), asMetric(name, pruned)),
    figure(l10n.t("Change"), asChange(name, pruned - dense)),
  ];
}

function describe({ count }: TextPredictions, examples: readonly Example[]): string {
  return l10n.t(
    "Over {0} validation examples. Of the {1} below, the pruned model says {2} in other words than the dense one.",
    asCount(count),
    asCount(examples.length),
    asCount(examples.filter(({ changes }) => changes.isChanged).length),
  );
}

function exampleElement({ source, reference, changes }: Example): HTMLElement {
  const element = make("li");
  element.tabIndex = -1;
  const texts = [wholeText(l10n.t("Source"), source), wholeText(l10n.t("Reference"), reference)];
  element.append(textsElement([...texts, ...modelTexts(changes)]));
  return element;
}

function sheetOf(examples: readonly Example[]): Sheet {
  return {
    columns: [l10n.t("Source"), l10n.t("Reference"), l10n.t("Dense"), l10n.t("Pruned")],
    rows: examples.map(({ source, reference, dense, pruned }) => [source, reference, dense, pruned]),
  };
}
