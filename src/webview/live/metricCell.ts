import { asMetric } from "../../protocol/figures.ts";
import type { Cell } from "../base/table.ts";

/** @param value null where it was not taken: of what a model writes it may not be, each time */
export function metricCell(metric: string, value: number | null): Cell {
  return value === null ? "" : { value, text: asMetric(metric, value) };
}
