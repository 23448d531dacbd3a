/** Figures of a result as charts draw them. */
import * as l10n from "@vscode/l10n";
import type { CompareOptions } from "../../protocol/comparePanel.ts";
import { asCount, asMetric, asPercent, type MetricScale, metricScale } from "../../protocol/figures.ts";

export type Outcome = CompareOptions["outcome"];

/** Ends are in the unit of the axis. */
export interface Quantity extends Pick<MetricScale, "scale" | "least" | "most"> {
  readonly title: string;
  /** @param value as stored */
  text(value: number): string;
}

export function metricQuantity(title: string, metric: string): Quantity {
  const { scale, least, most } = metricScale(metric);
  return { title, scale, least, most, text: (value) => asMetric(metric, value) };
}

export function outcomeQuantity(outcome: Outcome, metric: string): Quantity {
  switch (outcome) {
    case "validation":
      return metricQuantity(l10n.t("Validation {0}", metric), metric);
    case "test":
      return metricQuantity(l10n.t("Test {0}", metric), metric);
    case "sparsity":
      return { title: l10n.t("Sparsity"), scale: 100, least: 0, most: 100, text: (value) => asPercent(value, 2) };
    case "params":
      return {
        title: l10n.t("Weights left"),
        scale: 1,
        least: 0,
        most: Number.POSITIVE_INFINITY,
        text: (value) => asCount(Math.round(value)),
      };
  }
}
