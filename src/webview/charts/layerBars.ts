/** One bar per layer, in percent of the layer: what the charts of sparsity and of units alive are made of. */
import * as l10n from "@vscode/l10n";
import type { LayerSummary } from "../../protocol/run.ts";
import type { Theme } from "../base/theme.ts";
import type { Drawing } from "./chartFrame.ts";
import { axis, type Hovered, percentAxis } from "./chartSetup.ts";
import { labelsOf } from "./layerNames.ts";
import { layersSheet } from "./layersSheet.ts";

const BAR_HEIGHT = 26;
const AXIS_HEIGHT = 30;

export interface Bars {
  readonly label: string;
  readonly color: string;
  /** 0..1 */
  readonly part: (layer: LayerSummary) => number;
  /** Said when the bar is hovered. */
  readonly tooltip: (layer: LayerSummary) => string;
  /** Said of the bar to those who do not see it. */
  readonly summary: (layer: LayerSummary) => string;
}

export function drawBars(layers: readonly LayerSummary[], theme: Theme, bars: Bars): Drawing {
  const hovered = (item: Hovered | undefined): LayerSummary | undefined => layers[item?.dataIndex ?? -1];
  return {
    height: barsHeight(layers.length),
    data: {
      labels: labelsOf(layers.map((layer) => layer.name)),
      datasets: [
        {
          label: bars.label,
          data: layers.map((layer) => 100 * bars.part(layer)),
          backgroundColor: bars.color,
          barPercentage: 0.72,
          categoryPercentage: 1,
        },
      ],
    },
    options: {
      indexAxis: "y",
      scales: { x: percentAxis(theme, { position: "bottom" }), y: labelAxis(theme) },
      plugins: {
        tooltip: {
          callbacks: {
            title: ([item]: Hovered[]) => hovered(item)?.name ?? "",
            label: (item: Hovered) => {
              const layer = hovered(item);
              return layer === undefined ? "" : bars.tooltip(layer);
            },
          },
        },
      },
    },
    sheet: layersSheet(layers),
    description:
      layers.length === 0
        ? l10n.t("No layer yet.")
        : layers.map((layer) => `${layer.name}: ${bars.summary(layer)}`).join(", "),
  };
}

/** Pixels for so many bars. */
export function barsHeight(count: number): number {
  return Math.max(1, count) * BAR_HEIGHT + AXIS_HEIGHT;
}

export function labelAxis(theme: Theme) {
  const common = axis(theme, { hasGrid: false });
  return { ...common, ticks: { ...common.ticks, color: theme.text, autoSkip: false } };
}
