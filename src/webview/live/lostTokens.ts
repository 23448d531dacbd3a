/** Which tokens have no weight left in the embedding: how many, and on request which. */
import * as l10n from "@vscode/l10n";
import { asCount } from "../../protocol/figures.ts";
import type { TextPredictions } from "../../protocol/predictions.ts";
import { cell, make } from "../base/elements.ts";
import { markedText } from "./markedText.ts";

export interface LostTokens {
  /** Hidden where there are none. */
  readonly element: HTMLElement;
  write(lost: TextPredictions["lost"]): void;
}

export function createLostTokens(): LostTokens {
  const element = make("details");
  return {
    element,
    write({ count, tokens }) {
      const more = count > tokens.length ? ` … (${l10n.t("{0} more", asCount(count - tokens.length))})` : "";
      const summary = cell("summary", l10n.t("Tokens without a weight in the embedding: {0}", asCount(count)));
      element.hidden = count === 0;
      element.replaceChildren(summary, markedText([{ text: `${tokens.join("  ")}${more}`, of: "both" }]));
    },
  };
}
