import type { METRIC_NAMES } from "../../protocol/settings.ts";
import { accuracy } from "./accuracy.ts";
import { binaryAccuracy } from "./binaryAccuracy.ts";
import { meanAbsoluteError } from "./meanAbsoluteError.ts";
import { meanSquaredError } from "./meanSquaredError.ts";
import type { NamedMetric } from "./metric.ts";

/** All metrics that have names, by the setting `metrics`. */
export const METRICS: Readonly<Record<(typeof METRIC_NAMES)[number], NamedMetric>> = {
  accuracy,
  binaryAccuracy,
  meanSquaredError,
  meanAbsoluteError,
};
