/** The threshold search: what each probe would remove, and what it would cost. */
import * as l10n from "@vscode/l10n";
import type { AnnotationOptions } from "chartjs-plugin-annotation";
import { asFigure, asMetric, asPercent } from "../../protocol/figures.ts";
import type { Theme } from "../base/theme.ts";
import type { Drawing } from "../charts/chartFrame.ts";
import { axis, type Hovered, withPercent } from "../charts/chartSetup.ts";
import { metricCell } from "./metricCell.ts";
import type { Probe, Search } from "./runView.ts";

export function drawSearch(search: Search | undefined, metric: string, theme: Theme): Drawing {
  const probes = search?.probes ?? [];
  const series = (accepted: boolean) =>
    probes.flatMap((probe, index) =>
      probe.accepted === accepted ? [{ x: probe.sparsity * 100, y: probe.validation.loss, probe, index }] : [],
    );
  const common = { pointRadius: 5, pointHoverRadius: 7, borderWidth: 2 };
  const xAxis = axis(theme, { title: l10n.t("Sparsity that was tried"), position: "bottom", hasGrid: false });
  return {
    data: {
      datasets: [
        {
          ...common,
          label: l10n.t("Accepted"),
          data: series(true),
          pointStyle: "circle",
          borderColor: theme.good,
          backgroundColor: theme.good,
        },
        {
          ...common,
          label: l10n.t("Rejected"),
          data: series(false),
          pointStyle: "crossRot",
          borderColor: theme.bad,
          backgroundColor: theme.bad,
        },
      ],
    },
    options: {
      scales: {
        x: { ...xAxis, type: "linear", grace: "5%", ticks: { ...xAxis.ticks, callback: withPercent } },
        y: { ...axis(theme, { title: l10n.t("Validation loss") }), type: "linear", grace: "10%" },
      },
      plugins: {
        annotation: { annotations: limitOf(probes, theme) },
        tooltip: {
          callbacks: {
            title: ([item]: Hovered[]) => l10n.t("Probe {0}", (hoveredProbe(item)?.index ?? 0) + 1),
            label: (item: Hovered) => {
              const probe = hoveredProbe(item)?.probe;
              return probe === undefined ? "" : describeProbe(probe, metric);
            },
          },
        },
      },
    },
    sheet: {
      columns: [
        l10n.t("Probe"),
        l10n.t("Threshold"),
        l10n.t("Sparsity"),
        l10n.t("Validation loss"),
        l10n.t("Limit"),
        l10n.t("Validation {0}", metric),
        l10n.t("Verdict"),
      ],
      rows: probes.map((probe, index) => [
        { value: index + 1, text: String(index + 1) },
        figureCell(probe.threshold),
        { value: probe.sparsity, text: asPercent(probe.sparsity, 2) },
        figureCell(probe.validation.loss),
        probe.limit === undefined ? "" : figureCell(probe.limit),
        metricCell(metric, probe.validation.metric),
        probe.accepted ? l10n.t("accepted") : l10n.t("rejected"),
      ]),
    },
    description: describeSearch(probes),
    axes: String(search?.epoch),
  };
}

function limitOf(probes: readonly Probe[], theme: Theme): AnnotationOptions[] {
  const limit = probes.at(-1)?.limit;
  if (limit === undefined) {
    return [];
  }
  return [
    {
      type: "line",
      yMin: limit,
      yMax: limit,
      borderColor: theme.faint,
      borderWidth: 1,
      borderDash: [4, 4],
      drawTime: "beforeDatasetsDraw",
      label: {
        display: true,
        drawTime: "beforeDatasetsDraw",
        content: l10n.t("limit {0}", asFigure(limit)),
        position: "end",
        yAdjust: -9,
        backgroundColor: "transparent",
        color: theme.faint,
        font: { size: 10, weight: "normal" },
        padding: 2,
      },
    },
  ];
}

function figureCell(value: number) {
  return { value, text: asFigure(value) };
}

function hoveredProbe(item: Hovered | undefined) {
  return item?.raw as { readonly probe: Probe; readonly index: number } | undefined;
}

function describeProbe(probe: Probe, metric: string): string {
  return l10n.t(
    "threshold {0}, {1} sparse, loss {2}, {3}",
    asFigure(probe.threshold),
    asPercent(probe.sparsity, 2),
    asFigure(probe.validation.loss),
    probe.validation.metric === null
      ? l10n.t("no {0} of trials", metric)
      : `${metric} ${asMetric(metric, probe.validation.metric)}`,
  );
}

function describeSearch(probes: readonly Probe[]): string {
  if (probes.length === 0) {
    return l10n.t("No threshold has been searched for yet.");
  }
  const accepted = probes.filter((probe) => probe.accepted);
  const best = Math.max(...accepted.map((probe) => probe.sparsity));
  return accepted.length === 0
    ? l10n.t("{0} probes, none accepted.", probes.length)
    : l10n.t(
        "{0} probes, {1} accepted; the largest accepted threshold gives {2}.",
        probes.length,
        accepted.length,
        asPercent(best, 2),
      );
}
