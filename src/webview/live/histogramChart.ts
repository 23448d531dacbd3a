/** How the surviving weights of one layer are spread, by value or by irrelevance. */
import * as l10n from "@vscode/l10n";
import { asCount, asFigure } from "../../protocol/figures.ts";
import type { Theme } from "../base/theme.ts";
import type { Drawing } from "../charts/chartFrame.ts";
import { axis, type Hovered } from "../charts/chartSetup.ts";

export interface Spread {
  /** What is counted: "Weight" or "Irrelevance". */
  readonly quantity: string;
  readonly layer: string;
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  readonly counts: readonly number[];
}

/** @param missing why there is nothing to draw, where `spread` is left out */
export function drawHistogram(spread: Spread | undefined, missing: string, theme: Theme, color: string): Drawing {
  const { counts = [], from = 0, to = 1, quantity = "" } = spread ?? {};
  const width = (to - from) / Math.max(1, counts.length);
  const decimals = Math.min(20, Math.max(2, 2 - Math.floor(Math.log10(width || 1))));
  // Rounded to the width of a bin: what is 0 up to the last bit is 0.
  const edge = (index: number): string => asFigure(Number((from + index * width).toFixed(decimals)));
  const range = (index: number): string => l10n.t("{0} to {1}", edge(index), edge(index + 1));
  const yAxis = axis(theme, { title: l10n.t("Count") });
  const xAxis = axis(theme, { title: quantity, position: "bottom", hasGrid: false });
  return {
    ...(spread === undefined ? {} : { note: noteOf(spread) }),
    data: {
      datasets: [
        {
          label: quantity,
          data: counts.map((count, index) => ({ x: from + (index + 0.5) * width, y: count })),
          grouped: false,
          backgroundColor: color,
          barPercentage: 0.94,
          categoryPercentage: 1,
        },
      ],
    },
    options: {
      interaction: { mode: "index", intersect: false },
      scales: {
        x: {
          ...xAxis,
          type: "linear",
          offset: false,
          min: from,
          max: to,
          ticks: { ...xAxis.ticks, includeBounds: false, maxTicksLimit: 9 },
        },
        y: { ...yAxis, type: "linear", beginAtZero: true, ticks: { ...yAxis.ticks, maxTicksLimit: 5, precision: 0 } },
      },
      plugins: {
        tooltip: {
          callbacks: {
            title: ([item]: Hovered[]) => `${quantity} ${range(item?.dataIndex ?? 0)}`,
            label: ({ dataIndex }: Hovered) => l10n.t("{0} weights", asCount(counts[dataIndex] ?? 0)),
          },
        },
      },
    },
    sheet: {
      columns: [quantity === "" ? l10n.t("Range") : quantity, l10n.t("Weights")],
      rows: counts.map((count, index) => [range(index), { value: count, text: asCount(count) }]),
    },
    description: spread === undefined ? missing : describeSpread(spread, range),
  };
}

function noteOf({ layer, epoch, counts }: Spread): string {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return l10n.t("{0} surviving weights of {1}, after epoch {2}", asCount(total), layer, epoch);
}

function describeSpread({ quantity, layer, epoch, counts }: Spread, range: (index: number) => string): string {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const most = counts.indexOf(Math.max(...counts));
  return l10n.t(
    "{0} of the {1} surviving weights of {2} after epoch {3}; most lie at {4}.",
    quantity,
    asCount(total),
    layer,
    epoch,
    range(most),
  );
}
