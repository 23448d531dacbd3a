/** Sparsity of each layer as bars. */
import * as l10n from "@vscode/l10n";
import { asCount, asPercent } from "../protocol/figures.ts";
import type { LayerSummary } from "../protocol/run.ts";
import type { Drawing } from "./chartFrame.ts";
import { axis, type Hovered, percentAxis } from "./chartSetup.ts";
import type { Sheet } from "./table.ts";
import type { Theme } from "./theme.ts";

const BAR_HEIGHT = 26;
const AXIS_HEIGHT = 30;

/** Characters of a layer's name beside its bar; the table has it whole. */
const LONGEST_LABEL = 28;

export function drawLayers(layers: readonly LayerSummary[], theme: Theme): Drawing {
  return {
    height: barsHeight(layers.length),
    data: {
      labels: layers.map((layer) => shorten(layer.name)),
      datasets: [
        {
          label: l10n.t("Sparsity"),
          data: layers.map((layer) => layer.sparsity * 100),
          backgroundColor: theme.sparsity,
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
            label: ({ dataIndex }: Hovered) => {
              const layer = layers[dataIndex];
              return layer === undefined
                ? ""
                : l10n.t(
                    "{0} sparse, {1} of {2} weights left",
                    asPercent(layer.sparsity),
                    asCount(layer.remaining),
                    asCount(layer.total),
                  );
            },
          },
        },
      },
    },
    sheet: layersSheet(layers),
    description:
      layers.length === 0
        ? l10n.t("No layer yet.")
        : layers.map((layer) => `${layer.name}: ${asPercent(layer.sparsity)}`).join(", "),
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

export function shorten(name: string): string {
  const characters = [...name];
  return characters.length <= LONGEST_LABEL ? name : `${characters.slice(0, LONGEST_LABEL - 1).join("")}…`;
}

export function layersSheet(layers: readonly LayerSummary[]): Sheet {
  return {
    columns: [
      l10n.t("Layer"),
      l10n.t("Sparsity"),
      l10n.t("Weights left"),
      l10n.t("Weights"),
      l10n.t("Units alive"),
      l10n.t("Units"),
    ],
    rows: layers.map((layer) => [
      layer.name,
      { value: layer.sparsity, text: asPercent(layer.sparsity) },
      ...[layer.remaining, layer.total, layer.unitsAlive, layer.units].map((value) => ({
        value,
        text: asCount(value),
      })),
    ]),
  };
}
