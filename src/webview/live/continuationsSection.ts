/** How the dense and the pruned model of a language go on with texts: side by side, with what stands in the data. */
import * as l10n from "@vscode/l10n";
import { asCount } from "../../protocol/figures.ts";
import type { Predictions, TextPredictions } from "../../protocol/predictions.ts";
import { make, section } from "../base/elements.ts";
import type { Sheet } from "../base/table.ts";
import { type ChartHost, chartMenu } from "../charts/chartMenu.ts";
import { textsElement, wholeText } from "./exampleTexts.ts";
import { createLostTokens } from "./lostTokens.ts";
import { createSentenceBox, type SentenceParts, type SentenceState } from "./sentenceBox.ts";
import { visibleLines } from "./visibleText.ts";

export interface ContinuationsSection {
  readonly section: HTMLElement;
  /** Hidden where there are none. @param sentence the beginning that the user tries */
  write(predictions: Predictions | undefined, sentence: SentenceState): void;
}

type Example = TextPredictions["examples"][number];

export function continuationsSection(host: ChartHost, asking: SentenceParts): ContinuationsSection {
  const title = l10n.t("Continued texts");
  const tried = createSentenceBox(asking, {
    label: l10n.t("Try a beginning"),
    hint: l10n.t("See how the dense and the pruned model go on with it"),
    missing: l10n.t("Type a beginning first."),
  });
  let seen: Predictions | undefined;
  let examples: readonly Example[] = [];
  const caption = make("p", "caption");
  const list = make("ol", "translations");
  const lost = createLostTokens();
  const menu = chartMenu(host, { title, sheet: () => sheetOf(examples) });
  const element = section(title, menu, caption, tried.element, list, lost.element);
  element.hidden = true;
  return {
    section: element,
    write(predictions, sentence) {
      const shown = predictions?.of === "texts" && predictions.metric === undefined ? predictions : undefined;
      element.hidden = shown === undefined;
      if (shown !== undefined) {
        tried.write(sentence);
      }
      if (predictions === seen) {
        return;
      }
      seen = predictions;
      examples = shown?.examples ?? [];
      if (shown !== undefined) {
        lost.write(shown.lost);
      }
      caption.textContent = l10n.t(
        "{0} places of the validation split; both models draw their tokens by the same random numbers.",
        asCount(examples.length),
      );
      list.replaceChildren(...examples.map(exampleElement));
    },
  };
}

function exampleElement({ source, reference, dense, pruned }: Example): HTMLElement {
  const element = make("li");
  const texts = [
    wholeText(l10n.t("Beginning"), source),
    wholeText(l10n.t("In the data"), reference),
    wholeText(l10n.t("Dense"), dense),
    wholeText(l10n.t("Pruned"), pruned),
  ];
  element.append(textsElement(texts, visibleLines));
  return element;
}

function sheetOf(examples: readonly Example[]): Sheet {
  return {
    columns: [l10n.t("Beginning"), l10n.t("In the data"), l10n.t("Dense"), l10n.t("Pruned")],
    rows: examples.map(({ source, reference, dense, pruned }) => [source, reference, dense, pruned]),
  };
}
