/** One layer at a time: its histograms and its mask. */
import * as l10n from "@vscode/l10n";
import type { LayerSummary } from "../../protocol/run.ts";
import { box, cell, make } from "../base/elements.ts";
import type { Theme } from "../base/theme.ts";
import { chartFrame } from "../charts/chartFrame.ts";
import type { ChartHost } from "../charts/chartMenu.ts";
import { readableName } from "../charts/layerNames.ts";
import { drawHistogram, type Spread } from "./histogramChart.ts";
import { type MaskState, maskSection } from "./maskSection.ts";
import type { Histogram, RunView } from "./runView.ts";

export interface LayerSections {
  readonly element: HTMLElement;
  draw(view: RunView, mask: MaskState | undefined, theme: Theme): void;
}

/** @param onPick gets the name of the layer that is to be shown */
export function createLayerSections(host: ChartHost, onPick: (layer: string) => void): LayerSections {
  const select = make("select");
  select.id = "layer";
  const name = cell("label", l10n.t("Layer"));
  name.htmlFor = select.id;
  const choice = box("control", name, select);
  select.addEventListener("change", () => onPick(select.value));
  const weights = chartFrame({ title: l10n.t("Weights"), type: "bar", host, className: "histogram" });
  const irrelevance = chartFrame({ title: l10n.t("Irrelevance"), type: "bar", host, className: "histogram" });
  const mask = maskSection(host);
  let known: readonly LayerSummary[] = [];
  return {
    element: box("layer", choice, box("charts", weights.section, irrelevance.section, mask.section)),
    draw(view, state, theme) {
      const { layers } = view;
      if (layers.length !== known.length || layers.some((layer, index) => layer.name !== known[index]?.name)) {
        known = layers;
        const before = select.value;
        select.replaceChildren(...layers.map((layer) => optionOf(layer.name)));
        if (layers.some((layer) => layer.name === before)) {
          select.value = before;
        } else {
          onPick(select.value);
        }
      }
      choice.hidden = layers.length === 0;
      const index = select.selectedIndex;
      weights.draw(theme, [view.weights, index], () => {
        const layer = view.weights?.layers[index];
        const spread = spreadOf(view.weights, layer && [-layer.limit, layer.limit, layer.weights], select.value, {
          quantity: l10n.t("Weight"),
        });
        return drawHistogram(spread, l10n.t("The log has no histogram of weights yet."), theme, theme.sparsity);
      });
      irrelevance.draw(theme, [view.irrelevance, index], () => {
        const counts = view.irrelevance?.layers[index]?.irrelevance;
        const spread = spreadOf(view.irrelevance, counts && [0, 1, counts], select.value, {
          quantity: l10n.t("Irrelevance"),
        });
        return drawHistogram(
          spread,
          l10n.t("Irrelevance is known from regularized training on, for methods that tell weights apart."),
          theme,
          theme.metric,
        );
      });
      mask.write(state, theme);
    },
  };
}

function optionOf(name: string): HTMLOptionElement {
  const option = cell("option", readableName(name));
  option.value = name;
  option.title = name;
  return option;
}

function spreadOf(
  histogram: Histogram | undefined,
  bins: readonly [from: number, to: number, counts: readonly number[]] | undefined,
  layer: string,
  { quantity }: { readonly quantity: string },
): Spread | undefined {
  if (histogram === undefined || bins === undefined) {
    return undefined;
  }
  const [from, to, counts] = bins;
  return { quantity, layer, epoch: histogram.epoch, from, to, counts };
}
