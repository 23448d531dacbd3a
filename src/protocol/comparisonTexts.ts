/** Figures of a comparison in words, as the panel and the command line both write them. */
import type { ComparedRun, Split } from "./comparison.ts";
import { asChange, asMetric } from "./figures.ts";

/** Where there is no figure. */
export const NONE = "–";

/** @param expected the metric that the column is about; another one is named */
export function scoreText(run: ComparedRun, split: Split, expected: string): string {
  const score = run[split];
  if (score === undefined) {
    return NONE;
  }
  const text = asMetric(run.metric, score.metric);
  return run.metric === expected ? text : `${text} (${run.metric})`;
}

/** Of the test metric against the dense reference of the same run. */
export function changeText({ metric, test, referenceTest }: ComparedRun): string {
  return test === undefined || referenceTest === undefined
    ? NONE
    : asChange(metric, test.metric - referenceTest.metric);
}
