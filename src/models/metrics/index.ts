import type { METRIC_NAMES } from "../../protocol/settings.ts";
import type { TextMetricName } from "../../protocol/textMetricNames.ts";
import { accuracy } from "./accuracy.ts";
import { auc } from "./auc.ts";
import { binaryAccuracy } from "./binaryAccuracy.ts";
import { binaryF1 } from "./binaryF1.ts";
import { bitsPerCharacter } from "./bitsPerCharacter.ts";
import { f1 } from "./f1.ts";
import { meanAbsoluteError } from "./meanAbsoluteError.ts";
import { meanSquaredError } from "./meanSquaredError.ts";
import type { NamedMetric } from "./metric.ts";
import { perplexity } from "./perplexity.ts";
import { r2 } from "./r2.ts";
import { rootMeanSquaredError } from "./rootMeanSquaredError.ts";
import { topAccuracy } from "./topAccuracy.ts";

/** All metrics of targets and outputs that have names, by the setting `metrics`. */
export const METRICS: Readonly<Record<Exclude<(typeof METRIC_NAMES)[number], TextMetricName>, NamedMetric>> = {
  accuracy,
  top2Accuracy: topAccuracy(2),
  top3Accuracy: topAccuracy(3),
  top5Accuracy: topAccuracy(5),
  top10Accuracy: topAccuracy(10),
  binaryAccuracy,
  f1,
  binaryF1,
  auc,
  perplexity,
  bitsPerCharacter,
  meanSquaredError,
  rootMeanSquaredError,
  meanAbsoluteError,
  r2,
};
