/** Predicted values against targets, of the dense and the pruned model: on the diagonal where they are right. */
import * as l10n from "@vscode/l10n";
import type { AnnotationOptions } from "chartjs-plugin-annotation";
import { asCount, asFigure } from "../../protocol/figures.ts";
import type { ValuePredictions } from "../../protocol/predictions.ts";
import type { Theme } from "../base/theme.ts";
import type { Drawing } from "../charts/chartFrame.ts";
import { axis, type Hovered } from "../charts/chartSetup.ts";

export function drawValues({ count, errors, points }: ValuePredictions, theme: Theme): Drawing {
  const series = (model: "dense" | "pruned") => points.map((point) => ({ x: point.target, y: point[model] }));
  const common = { pointRadius: 3, borderWidth: 1 };
  return {
    data: {
      datasets: [
        {
          ...common,
          label: l10n.t("Pruned"),
          data: series("pruned"),
          pointStyle: "circle",
          borderColor: theme.sparsity,
          backgroundColor: theme.sparsity,
        },
        {
          ...common,
          label: l10n.t("Dense"),
          data: series("dense"),
          pointStyle: "rect",
          borderColor: theme.metric,
          backgroundColor: theme.metric,
        },
      ],
    },
    options: {
      scales: {
        x: { ...axis(theme, { title: l10n.t("Target"), position: "bottom" }), type: "linear" },
        y: { ...axis(theme, { title: l10n.t("Predicted") }), type: "linear" },
      },
      plugins: {
        annotation: { annotations: diagonalOf(points, theme) },
        tooltip: {
          callbacks: {
            title: ([item]: Hovered[]) => l10n.t("Validation example {0}", item?.dataIndex ?? 0),
            label: (item: Hovered) => {
              const point = points[item.dataIndex];
              return point === undefined ? "" : describePoint(point);
            },
          },
        },
      },
    },
    sheet: {
      columns: [l10n.t("Validation example"), l10n.t("Target"), l10n.t("Dense"), l10n.t("Pruned")],
      rows: points.map((point, index) => [
        String(index),
        ...[point.target, point.dense, point.pruned].map((value) => ({ value, text: asFigure(value) })),
      ]),
    },
    description: l10n.t(
      "Of {0} validation examples the pruned model is off by {1} (root mean square), the dense one by {2}; between the two lie {3}.",
      asCount(count),
      asFigure(errors.pruned),
      asFigure(errors.dense),
      asFigure(errors.between),
    ),
  };
}

function describePoint({ target, dense, pruned }: ValuePredictions["points"][number]): string {
  return l10n.t("target {0}, dense {1}, pruned {2}", asFigure(target), asFigure(dense), asFigure(pruned));
}

function diagonalOf(points: ValuePredictions["points"], theme: Theme): AnnotationOptions[] {
  const targets = points.map(({ target }) => target);
  const [least, most] = [Math.min(...targets), Math.max(...targets)];
  return [
    {
      type: "line",
      ...{ xMin: least, xMax: most, yMin: least, yMax: most },
      borderColor: theme.faint,
      borderWidth: 1,
      borderDash: [4, 4],
      drawTime: "beforeDatasetsDraw",
    },
  ];
}
