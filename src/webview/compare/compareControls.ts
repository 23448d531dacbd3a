/** The choices above the charts of the comparison panel. */
import * as l10n from "@vscode/l10n";
import type { CompareOptions } from "../../protocol/comparePanel.ts";
import { MOST_SMOOTHING } from "../../protocol/smoothing.ts";
import { checkControl, selectControl, sliderControl } from "../base/controls.ts";
import { box } from "../base/elements.ts";
import { keepFocus } from "../base/keepFocus.ts";
import { axisTitle, figureTitle } from "./compareCurves.ts";
import { barsTitle } from "./compareLayers.ts";
import { type CompareView, hasSeedGroups } from "./compareView.ts";
import { type CurveLine, logHindrance } from "./curveLines.ts";
import { outcomeQuantity } from "./quantities.ts";
import { canBeLogarithmic, chosenSetting, inOrder } from "./settingPoints.ts";

type OnOptions = (change: Partial<CompareOptions>) => void;

export interface CompareControls {
  readonly scatter: HTMLElement;
  readonly curves: HTMLElement;
  readonly setting: HTMLElement;
  readonly layers: HTMLElement;
  /** @param lines of the view's curves */
  write(view: CompareView, lines: readonly CurveLine[]): void;
}

export function createControls(onOptions: OnOptions): CompareControls {
  const scatter = choices((view: CompareView) => scatterChoices(view, onOptions));
  const curves = choices((given: CurveView) => curveChoices(given, onOptions));
  const setting = choices((view: CompareView) => settingChoices(view, onOptions));
  const layers = choices((view: CompareView) => layerChoices(view, onOptions));
  return {
    scatter: scatter.element,
    curves: curves.element,
    setting: setting.element,
    layers: layers.element,
    write(view, lines) {
      const { metric, settings } = view.comparison;
      const chosen = chosenSetting(view.comparison, view.options.setting);
      const hindrance = hindranceOf(view, lines);
      scatter.write(view, [hasSeedGroups(view), view.options.split, metric]);
      curves.write({ view, hindrance }, [metric, view.options.curve === "sparsity", hindrance]);
      setting.write(view, [metric, chosen?.key, chosen && canBeLogarithmic(chosen), ...settings.map(({ key }) => key)]);
      layers.write(view, []);
    },
  };
}

/** Made again only when what they offer is another. */
function choices<T>(makeAll: (given: T) => readonly HTMLElement[]) {
  const element = box("controls");
  let madeFor = "";
  return {
    element,
    write(given: T, cause: readonly unknown[]): void {
      const key = JSON.stringify(cause);
      if (key !== madeFor) {
        madeFor = key;
        keepFocus(element, () => element.replaceChildren(...makeAll(given)));
      }
    },
  };
}

function scatterChoices(view: CompareView, onOptions: OnOptions): readonly HTMLElement[] {
  const { split, aggregate, paths } = view.options;
  const { metric } = view.comparison;
  return [
    selectControl(
      l10n.t("Metric"),
      (["validation", "test"] as const).map((one) => [one, outcomeQuantity(one, metric).title]),
      split,
      (chosen) => onOptions({ split: chosen }),
    ),
    ...(hasSeedGroups(view)
      ? [checkControl(l10n.t("Seeds together"), aggregate, (isChecked) => onOptions({ aggregate: isChecked }))]
      : []),
    // Only the validation split is measured on the way.
    ...(split === "validation"
      ? [checkControl(l10n.t("Way to the result"), paths, (isChecked) => onOptions({ paths: isChecked }))]
      : []),
  ];
}

interface CurveView {
  readonly view: CompareView;
  /** Why there is no logarithmic axis; empty where there can be one. */
  readonly hindrance: string;
}

function curveChoices({ view, hindrance }: CurveView, onOptions: OnOptions): readonly HTMLElement[] {
  const { curve, axis } = view.options;
  const { metric } = view.comparison;
  return [
    selectControl(
      l10n.t("Figure"),
      (["metric", "sparsity", "validationLoss", "loss"] as const).map((one) => [
        one,
        figureTitle({ curve: one }, metric),
      ]),
      curve,
      (chosen) => onOptions({ curve: chosen }),
    ),
    selectControl(
      l10n.t("Over"),
      (["epoch", "step", "seconds"] as const).map((name) => [name, axisTitle(name)]),
      axis,
      (chosen) => onOptions({ axis: chosen }),
    ),
    ...(curve === "sparsity"
      ? []
      : [
          sliderControl(
            l10n.t("Smoothing"),
            { value: view.options.smoothing, most: MOST_SMOOTHING, step: 0.01 },
            (smoothing) => onOptions({ smoothing }),
          ),
        ]),
    checkControl(l10n.t("Log scale"), view.options.logCurve, (logCurve) => onOptions({ logCurve }), {
      hindrance,
    }),
  ];
}

function hindranceOf(view: CompareView, lines: readonly CurveLine[]): string {
  switch (logHindrance(view, lines)) {
    case "none":
      return "";
    case "sparsity":
      return l10n.t("Only for metrics and losses");
    case "values":
      return l10n.t("Only where all values are numbers above 0");
  }
}

function settingChoices({ comparison, options }: CompareView, onOptions: OnOptions): readonly HTMLElement[] {
  const chosen = chosenSetting(comparison, options.setting);
  if (chosen === undefined) {
    return [];
  }
  return [
    selectControl(
      l10n.t("Result"),
      (["validation", "test", "sparsity", "params"] as const).map((outcome) => [
        outcome,
        outcomeQuantity(outcome, comparison.metric).title,
      ]),
      options.outcome,
      (outcome) => onOptions({ outcome }),
    ),
    selectControl(
      l10n.t("Setting"),
      inOrder(comparison.settings).map(({ key }) => [key, key]),
      chosen.key,
      (setting) => onOptions({ setting }),
    ),
    checkControl(l10n.t("Log scale"), options.logSetting, (logSetting) => onOptions({ logSetting }), {
      hindrance: canBeLogarithmic(chosen) ? "" : l10n.t("Only where all values are numbers above 0"),
    }),
  ];
}

function layerChoices({ options }: CompareView, onOptions: OnOptions): readonly HTMLElement[] {
  return [
    selectControl(
      l10n.t("Figure"),
      (["sparsity", "units"] as const).map((bars) => [bars, barsTitle(bars)]),
      options.bars,
      (bars) => onOptions({ bars }),
    ),
  ];
}
