/** Units of each layer that still have a weight. */
import * as l10n from "@vscode/l10n";
import { asCount } from "../protocol/figures.ts";
import type { LayerSummary } from "../protocol/run.ts";
import type { Drawing } from "./chartFrame.ts";
import { type Hovered, percentAxis } from "./chartSetup.ts";
import { barsHeight, labelAxis, layersSheet, shorten } from "./layersChart.ts";
import type { Theme } from "./theme.ts";

export function drawUnits(layers: readonly LayerSummary[], theme: Theme): Drawing {
  const alive = (layer: LayerSummary | undefined): string =>
    layer === undefined ? "" : l10n.t("{0} of {1} units alive", asCount(layer.unitsAlive), asCount(layer.units));
  return {
    height: barsHeight(layers.length),
    data: {
      labels: layers.map((layer) => shorten(layer.name)),
      datasets: [
        {
          label: l10n.t("Units alive"),
          data: layers.map((layer) => (layer.units === 0 ? 0 : (100 * layer.unitsAlive) / layer.units)),
          backgroundColor: theme.good,
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
            title: ([item]: Hovered[]) => layers[item?.dataIndex ?? -1]?.name ?? "",
            label: ({ dataIndex }: Hovered) => alive(layers[dataIndex]),
          },
        },
      },
    },
    sheet: layersSheet(layers),
    description:
      layers.length === 0
        ? l10n.t("No layer yet.")
        : layers.map((layer) => `${layer.name}: ${alive(layer)}`).join(", "),
  };
}
