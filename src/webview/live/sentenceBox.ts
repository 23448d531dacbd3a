/** A box to type a text into, and what the dense and the pruned model write for it. */
import * as l10n from "@vscode/l10n";
import { asCount } from "../../protocol/figures.ts";
import { MOST_CHARACTERS } from "../../protocol/textLimits.ts";
import type { WrittenText } from "../../protocol/writing.ts";
import { box, button, cell, make } from "../base/elements.ts";
import { modelTexts, type NamedText, textsElement, wholeText } from "./exampleTexts.ts";
import { textChanges } from "./textChanges.ts";
import { visibleLines, visibleText } from "./visibleText.ts";

export type SentenceState =
  | { readonly is: "idle" }
  /** Nothing can be tried now. */
  | { readonly is: "barred"; readonly reason: string }
  | { readonly is: "asked" }
  | { readonly is: "answered"; readonly written: WrittenText }
  | { readonly is: "failed"; readonly problem: string };

export interface SentenceParts {
  onAsk(text: string): void;
  /** The last question is taken back. */
  onStop(): void;
}

export interface SentenceBox {
  readonly element: HTMLElement;
  write(state: SentenceState): void;
}

export interface SentenceWords {
  readonly label: string;
  readonly hint: string;
  /** Where there is no text to ask about. */
  readonly missing: string;
}

export function createSentenceBox({ onAsk, onStop }: SentenceParts, words: SentenceWords): SentenceBox {
  const input = make("input");
  input.type = "text";
  input.maxLength = MOST_CHARACTERS;
  // A text may be written from right to left.
  input.dir = "auto";
  const label = make("label", "control");
  label.append(cell("span", words.label), input);
  const ask = button("play", l10n.t("Write"), words.hint);
  ask.type = "submit";
  const stop = button("close", l10n.t("Cancel"), l10n.t("Wait for it no longer"));
  const form = make("form", "controls");
  form.append(label, ask, stop);
  const answer = box("translations");
  answer.setAttribute("role", "status");
  let seen: SentenceState | undefined;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (seen?.is === "asked" || seen?.is === "barred") {
      return;
    }
    if (input.value.trim() === "") {
      answer.replaceChildren(cell("p", words.missing, "empty"));
      input.focus();
      return;
    }
    onAsk(input.value);
  });
  stop.addEventListener("click", () => {
    // The button is about to go.
    input.focus();
    onStop();
  });
  return {
    element: box("try", form, answer),
    write(state) {
      if (state === seen) {
        return;
      }
      seen = state;
      const isAsked = state.is === "asked";
      input.disabled = state.is === "barred";
      ask.disabled = input.disabled;
      // Not disabled: the focus would be lost.
      ask.setAttribute("aria-disabled", String(isAsked));
      stop.hidden = !isAsked;
      answer.setAttribute("aria-busy", String(isAsked));
      answer.replaceChildren(...answerElements(state));
    },
  };
}

function answerElements(state: SentenceState): readonly HTMLElement[] {
  switch (state.is) {
    case "idle":
      return [];
    case "barred":
      return [cell("p", state.reason, "empty")];
    case "asked":
      return [cell("p", l10n.t("Writing …"), "empty")];
    case "failed":
      return [cell("p", visibleText(state.problem), "empty")];
    case "answered":
      return writtenElements(state.written);
  }
}

function writtenElements({ source, continues, read, unknown, dense, pruned }: WrittenText): readonly HTMLElement[] {
  const own = wholeText(l10n.t("Pruned"), pruned);
  const besideDense = (text: string): readonly NamedText[] =>
    continues ? [wholeText(l10n.t("Dense"), text), own] : modelTexts(textChanges(text, pruned));
  const written = dense === undefined ? [own] : besideDense(dense);
  const cut = continues
    ? l10n.t("Only its last {0} tokens are read: the model sees no more.", asCount(read ?? 0))
    : l10n.t("Only its first {0} tokens are read: text.length.", asCount(read ?? 0));
  const remarks = [
    ...(read === undefined ? [] : [cut]),
    ...(unknown.length === 0 ? [] : [l10n.t("Not in the vocabulary: {0}.", unknown.map(visibleText).join(", "))]),
    ...(dense === undefined ? [l10n.t("The run has kept no dense reference.")] : []),
  ];
  return [
    textsElement(
      [wholeText(continues ? l10n.t("Beginning") : l10n.t("Source"), source), ...written],
      continues ? visibleLines : visibleText,
    ),
    ...remarks.map((remark) => cell("p", remark, "empty")),
  ];
}
