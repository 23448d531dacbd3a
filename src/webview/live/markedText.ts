/** A text in its own direction, with marks on what has changed; a long one begins folded. */
import * as l10n from "@vscode/l10n";
import { asCount } from "../../protocol/figures.ts";
import { box, cell, make } from "../base/elements.ts";
import { firstPieces, type Piece } from "./textChanges.ts";
import { type Visible, visibleText } from "./visibleText.ts";

/** Longer texts are folded. */
const MOST_CHARACTERS = 600;

export function markedText(pieces: readonly Piece[], visible: Visible = visibleText): HTMLElement {
  const text = make("p", "text");
  // Of its own letters, not of the page: a translation may be written from right to left.
  text.dir = "auto";
  const length = pieces.reduce((sum, piece) => sum + piece.text.length, 0);
  const write = (isOpen: boolean): void => {
    const shown = isOpen ? pieces : firstPieces(pieces, MOST_CHARACTERS);
    text.replaceChildren(...shown.map((piece) => pieceElement(piece, visible)), ...(isOpen ? [] : ["…"]));
  };
  if (length === 0) {
    return box("", cell("p", l10n.t("(nothing)"), "text faint"));
  }
  if (length <= MOST_CHARACTERS) {
    write(true);
    return box("", text);
  }
  const toggle = make("button");
  toggle.type = "button";
  const setOpen = (isOpen: boolean): void => {
    write(isOpen);
    toggle.setAttribute("aria-expanded", String(isOpen));
    toggle.textContent = isOpen ? l10n.t("Show less") : l10n.t("Show all {0} characters", asCount(length));
  };
  toggle.addEventListener("click", () => setOpen(toggle.getAttribute("aria-expanded") !== "true"));
  setOpen(false);
  return box("", text, toggle);
}

/** What the two marks mean. */
export function markLegend(): HTMLElement {
  return box("legend", cell("del", l10n.t("only dense")), cell("ins", l10n.t("only pruned")));
}

function pieceElement({ text, of }: Piece, visible: Visible): HTMLElement {
  const shown = cell("span", visible(text));
  if (of === "both") {
    return shown;
  }
  const element = make(of === "dense" ? "del" : "ins");
  const begin = of === "dense" ? l10n.t("[only dense]") : l10n.t("[only pruned]");
  element.append(spoken(begin), shown, spoken(l10n.t("[end]")));
  return element;
}

/** For screen readers, few of which say that a text is struck out or underlined. */
function spoken(words: string): HTMLElement {
  const element = cell("span", words, "spoken");
  // With a direction of its own it has no part in that of the text.
  element.dir = "auto";
  return element;
}
