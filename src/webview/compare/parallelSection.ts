/** The section of parallel coordinates: its chart, the ranges on its axes, and how they are set. */
import * as l10n from "@vscode/l10n";
import type { CompareOptions } from "../../protocol/comparePanel.ts";
import type { Theme } from "../base/theme.ts";
import { chartFrame } from "../charts/chartFrame.ts";
import type { ChartHost } from "../charts/chartMenu.ts";
import { drawParallel } from "./compareParallel.ts";
import type { CompareView } from "./compareView.ts";
import { type AxisRanges, type ParallelAxis, parallelAxes } from "./parallelAxes.ts";
import { createParallelControls, withRange } from "./parallelControls.ts";
import { addParallelGestures } from "./parallelGestures.ts";

/** With more axes the chart takes the whole width of the page. */
const MOST_AXES_BESIDE = 5;

export interface ParallelSection {
  readonly section: HTMLElement;
  /** @param cause what else the chart depends on */
  draw(view: CompareView, cause: readonly unknown[], theme: Theme): void;
}

export function createParallelSection(
  host: ChartHost,
  onOptions: (change: Partial<CompareOptions>) => void,
): ParallelSection {
  let axes: readonly ParallelAxis[] = [];
  let ranges: AxisRanges = {};
  const setRanges = (next: AxisRanges): void => onOptions({ ranges: next });
  const controls = createParallelControls(setRanges);
  const frame = chartFrame({
    title: l10n.t("Parallel coordinates"),
    type: "line",
    host,
    className: "plot",
    above: [controls.element],
  });
  addParallelGestures(frame, {
    axes: () => axes,
    onRange: (key, range) => setRanges(withRange(ranges, key, range)),
  });
  return {
    section: frame.section,
    draw(view, cause, theme) {
      frame.section.hidden = view.comparison.settings.length === 0;
      axes = parallelAxes(view);
      ranges = view.options.ranges;
      frame.section.classList.toggle("across", axes.length > MOST_AXES_BESIDE);
      controls.write(axes, ranges);
      frame.draw(theme, [...cause, ranges], () => drawParallel(view, axes, theme));
    },
  };
}
