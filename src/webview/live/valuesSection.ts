/** What the dense and the pruned model say of validation examples whose target is a value. */
import * as l10n from "@vscode/l10n";
import type { Predictions } from "../../protocol/predictions.ts";
import { box, make, swatch } from "../base/elements.ts";
import type { Theme } from "../base/theme.ts";
import { chartFrame } from "../charts/chartFrame.ts";
import type { ChartHost } from "../charts/chartMenu.ts";
import { drawValues } from "./valuesChart.ts";

export interface ValuesSection {
  readonly section: HTMLElement;
  /** Hidden where there are none. */
  draw(predictions: Predictions | undefined, theme: Theme): void;
}

export function createValuesSection(host: ChartHost): ValuesSection {
  const caption = make("p", "caption");
  const frame = chartFrame({
    title: l10n.t("Predicted against target"),
    type: "scatter",
    host,
    className: "values",
    above: [box("legend", swatch("dot", l10n.t("Pruned")), swatch("square", l10n.t("Dense")))],
  });
  frame.section.append(caption);
  frame.section.hidden = true;
  return {
    section: frame.section,
    draw(predictions, theme) {
      frame.section.hidden = predictions?.of !== "values";
      if (predictions?.of !== "values") {
        return;
      }
      frame.draw(theme, [predictions], () => {
        const drawing = drawValues(predictions, theme);
        caption.textContent = drawing.description;
        return drawing;
      });
    },
  };
}
