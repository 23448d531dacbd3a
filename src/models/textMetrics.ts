/** Metrics of what a model writes, by the setting `metrics`. */
import { bleu } from "../language/bleu.ts";
import { chrf } from "../language/chrf.ts";
import type { TextMetricName } from "../protocol/textMetricNames.ts";
import type { Metric } from "./experiment.ts";

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

export const namesTextMetric = (name: string): name is TextMetricName => Object.hasOwn(TEXT_METRICS, name);

export const isTextMetric = (metric: Metric | TextMetric): metric is TextMetric => "ofTexts" in metric;
