/** Metrics of what a model writes, by the setting `metrics`. */
import { bleu } from "../language/bleu.ts";
import { chrf } from "../language/chrf.ts";
import type { TEXT_METRIC_NAMES } from "../protocol/textSettings.ts";
import type { Metric } from "./experiment.ts";

export type TextMetricName = (typeof TEXT_METRIC_NAMES)[number];

interface TextScore {
  /** 0 … 100 */
  readonly score: number;
  /** What it depends on, as sacreBLEU states it. */
  readonly signature: string;
}

export interface TextMetric extends Pick<Metric, "name" | "better"> {
  readonly ofTexts: (hypotheses: readonly string[], references: readonly string[]) => TextScore;
}

export const TEXT_METRICS: Readonly<Record<TextMetricName, TextMetric>> = {
  bleu: { name: "bleu", better: "higher", ofTexts: (hypotheses, references) => bleu(hypotheses, references) },
  chrf: { name: "chrf", better: "higher", ofTexts: (hypotheses, references) => chrf(hypotheses, references) },
};

export const isTextMetric = (metric: Metric | TextMetric): metric is TextMetric => "ofTexts" in metric;
