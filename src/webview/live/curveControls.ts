/** How the curves of the live panel, losses included, are drawn: smoothed, on a logarithmic axis. */
import * as l10n from "@vscode/l10n";
import { MOST_SMOOTHING } from "../../protocol/smoothing.ts";
import { checkControl, sliderControl } from "../base/controls.ts";
import { box } from "../base/elements.ts";
import { keepFocus } from "../base/keepFocus.ts";
import { canBeLogarithmic } from "./curvesChart.ts";
import type { CurveOptions } from "./epochChart.ts";
import { canLossBeLogarithmic } from "./lossChart.ts";
import type { RunView } from "./runView.ts";

export interface CurveControls {
  readonly element: HTMLElement;
  /** @returns how the curves are to be drawn now */
  update(view: RunView): CurveOptions;
}

/** @param before as it was kept @param onChange called with what the user has chosen */
export function createCurveControls(before: CurveOptions, onChange: (options: CurveOptions) => void): CurveControls {
  const element = box("controls");
  let { smoothing, isLog } = before;
  const change = (): void => onChange({ smoothing, isLog });
  let isPossible: boolean | undefined;
  const rewrite = (): void =>
    element.replaceChildren(
      sliderControl(l10n.t("Smoothing"), { value: smoothing, most: MOST_SMOOTHING, step: 0.01 }, (value) => {
        smoothing = value;
        change();
      }),
      checkControl(
        l10n.t("Log scale"),
        isLog,
        (isChecked) => {
          isLog = isChecked;
          change();
        },
        { hindrance: isPossible === false ? l10n.t("Only where all values are numbers above 0") : "" },
      ),
    );
  return {
    element,
    update(view) {
      const canBe = canBeLogarithmic(view) || canLossBeLogarithmic(view);
      if (canBe !== isPossible) {
        isPossible = canBe;
        keepFocus(element, rewrite);
      }
      return { smoothing, isLog };
    },
  };
}
