/** What there is to read of one text: where it comes from, and what models make of it. */
import * as l10n from "@vscode/l10n";
import { box, cell, make } from "../base/elements.ts";
import { markedText } from "./markedText.ts";
import type { Piece, TextChanges } from "./textChanges.ts";
import type { Visible } from "./visibleText.ts";

export type NamedText = readonly [name: string, pieces: readonly Piece[]];

export function textsElement(texts: readonly NamedText[], visible?: Visible): HTMLElement {
  const element = make("dl");
  for (const [name, pieces] of texts) {
    const value = make("dd");
    value.append(markedText(pieces, visible));
    element.append(box("", cell("dt", name), value));
  }
  return element;
}

export const wholeText = (name: string, text: string): NamedText => [name, [{ text, of: "both" }]];

/** One text where both models say the same. */
export const modelTexts = ({ isChanged, dense, pruned }: TextChanges): readonly NamedText[] =>
  isChanged
    ? [
        [l10n.t("Dense"), dense],
        [l10n.t("Pruned"), pruned],
      ]
    : [[l10n.t("Dense and pruned"), pruned]];
