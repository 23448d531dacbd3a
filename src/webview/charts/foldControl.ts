/** The choice of what the rows of a chart of layers are; there is none where nothing can be folded. */
import * as l10n from "@vscode/l10n";
import { selectControl } from "../base/controls.ts";
import { box } from "../base/elements.ts";
import { defaultFold, type Fold, foldChoices } from "./layerRows.ts";

export interface FoldControl {
  readonly element: HTMLElement;
  /** @param names of the layers as they are now @returns what is to be shown of them */
  update(names: readonly string[]): Fold;
}

/** @param onChange the user has chosen */
export function foldControl(onChange: () => void): FoldControl {
  const element = box("fold");
  let known = "";
  let chosen: Fold | undefined;
  return {
    element,
    update(names) {
      const choices = foldChoices(names);
      const fold = choices.some(([each]) => each === chosen) && chosen !== undefined ? chosen : defaultFold(names);
      const key = JSON.stringify([fold, choices]);
      if (key !== known) {
        known = key;
        element.hidden = choices.length === 0;
        const pick = (next: Fold): void => {
          chosen = next;
          // The control is not made anew under the user's hands.
          known = JSON.stringify([next, choices]);
          onChange();
        };
        element.replaceChildren(...(choices.length === 0 ? [] : [selectControl(l10n.t("Rows"), choices, fold, pick)]));
      }
      return fold;
    },
  };
}
