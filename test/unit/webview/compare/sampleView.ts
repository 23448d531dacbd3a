/** What the comparison panel has to show, of runs that are made up. */
import { type CompareOptions, compareOptionsSchema } from "../../../../src/protocol/comparePanel.ts";
import { type CompareInput, compareRuns } from "../../../../src/runs/compare/compare.ts";
import type { CompareView } from "../../../../src/webview/compare/compareView.ts";

export function viewOf(some: readonly CompareInput[], options: Partial<CompareOptions> = {}): CompareView {
  return {
    comparison: compareRuns(some),
    curves: new Map(some.map(({ run, trace }) => [run.id, trace.curve(run.id)])),
    slots: new Map(some.map(({ run }, index) => [run.id, index])),
    options: { ...compareOptionsSchema.parse({}), ...options },
  };
}
