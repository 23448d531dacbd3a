/** Metrics of texts that a model writes. Without imports, since the panels ask as well. */
export const TEXT_METRIC_NAMES = ["bleu", "chrf"] as const;
export type TextMetricName = (typeof TEXT_METRIC_NAMES)[number];
