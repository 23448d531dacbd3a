/** Parallel coordinates under the pointer and by keyboard: ranges are drawn along an axis, arrow keys go from run to run. */
import * as l10n from "@vscode/l10n";
import type { ChartFrame } from "../charts/chartFrame.ts";
import { type ParallelAxis, rangeBetween } from "./parallelAxes.ts";

/** Pixels from an axis within which a drag is on it. */
const REACH = 14;
/** Pixels; a shorter drag is a click. */
const LEAST_DRAG = 4;

export interface ParallelGestures {
  axes(): readonly ParallelAxis[];
  /** @param range none takes it off */
  onRange(key: string, range: { readonly min: number; readonly max: number } | undefined): void;
}

export function addParallelGestures({ chart, canvas, area }: ChartFrame, { axes, onRange }: ParallelGestures): void {
  let drag: { readonly axis: ParallelAxis; readonly y: number } | undefined;
  const placeAt = (y: number): number => chart.scales["y"]?.getValueForPixel(y) ?? 0;
  const axisAt = (x: number): ParallelAxis | undefined =>
    axes().find((_, index) => Math.abs((chart.scales["x"]?.getPixelForValue(index) ?? -REACH) - x) < REACH);

  canvas.addEventListener("pointerdown", (event) => {
    const axis = axisAt(event.offsetX);
    if (event.button === 0 && axis !== undefined) {
      drag = { axis, y: event.offsetY };
      canvas.setPointerCapture(event.pointerId);
    }
  });
  canvas.addEventListener("pointermove", (event) => {
    canvas.style.cursor = axisAt(event.offsetX) === undefined ? "" : "ns-resize";
    if (drag !== undefined && Math.abs(event.offsetY - drag.y) >= LEAST_DRAG) {
      onRange(drag.axis.key, rangeBetween(drag.axis, placeAt(drag.y), placeAt(event.offsetY)));
    }
  });
  canvas.addEventListener("pointerup", (event) => {
    if (drag !== undefined && Math.abs(event.offsetY - drag.y) < LEAST_DRAG) {
      onRange(drag.axis.key, undefined);
    }
    drag = undefined;
  });

  area.tabIndex = 0;
  area.setAttribute("role", "group");
  area.setAttribute("aria-label", l10n.t("Parallel coordinates: up and down go from run to run"));
  let run = -1;
  const highlight = (next: number): void => {
    run = next;
    const items = run < 0 ? [] : axes().map((_, index) => ({ datasetIndex: run, index }));
    chart.setActiveElements(items);
    chart.tooltip?.setActiveElements(items, { x: 0, y: 0 });
    chart.render();
  };
  area.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const count = chart.data.datasets.length;
    if (by !== undefined && count > 0) {
      event.preventDefault();
      // From none, down is the first and up the last.
      highlight(run < 0 && by < 0 ? count - 1 : (run + by + count) % count);
    } else if (event.key === "Escape") {
      highlight(-1);
    }
  });
  area.addEventListener("blur", () => highlight(-1));
}
