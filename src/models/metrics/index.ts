import type { METRIC_NAMES } from "../../protocol/settings.ts";
import { accuracy } from "./accuracy.ts";
import { binaryAccuracy } from "./binaryAccuracy.ts";
import { meanAbsoluteError } from "./meanAbsoluteError.ts";
import { meanSquaredError } from "./meanSquaredError.ts";
import type { NamedMetric } from "./metric.ts";
import { perplexity } from "./perplexity.ts";
import { rootMeanSquaredError } from "./rootMeanSquaredError.ts";
import { top5Accuracy } from "./top5Accuracy.ts";

/** All metrics that have names, by the setting `metrics`. */
export const METRICS: Readonly<Record<(typeof METRIC_NAMES)[number], NamedMetric>> = {
  accuracy,
  top5Accuracy,
  binaryAccuracy,
  perplexity,
  meanSquaredError,
  rootMeanSquaredError,
  meanAbsoluteError,
};
