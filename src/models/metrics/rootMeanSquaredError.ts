import { meanSquaredError } from "./meanSquaredError.ts";
import type { NamedMetric } from "./metric.ts";

/** Over all outputs of all examples. */
export const rootMeanSquaredError: NamedMetric = { ...meanSquaredError, finish: Math.sqrt };
