/** Ranges on the axes of parallel coordinates, for those who type them. */
import * as l10n from "@vscode/l10n";
import { numberControl, selectControl } from "../base/controls.ts";
import { box, button } from "../base/elements.ts";
import { keepFocus } from "../base/keepFocus.ts";
import type { AxisRanges, ParallelAxis } from "./parallelAxes.ts";

export interface ParallelControls {
  readonly element: HTMLElement;
  write(axes: readonly ParallelAxis[], ranges: AxisRanges): void;
}

export function createParallelControls(onRanges: (ranges: AxisRanges) => void): ParallelControls {
  const element = box("controls");
  let chosen = "result.metric";
  let madeFor = "";
  const write = (axes: readonly ParallelAxis[], ranges: AxisRanges): void => {
    const axis = axes.find(({ key }) => key === chosen) ?? axes.at(-1);
    const key = JSON.stringify([axes.map((one) => [one.key, one.title]), axis, ranges]);
    if (axis === undefined || key === madeFor) {
      return;
    }
    madeFor = key;
    const pick = selectControl(
      l10n.t("Range on"),
      axes.map((one) => [one.key, one.title]),
      axis.key,
      (next) => {
        chosen = next;
        write(axes, ranges);
      },
    );
    const isRanged = axes.some((one) => ranges[one.key] !== undefined);
    const clear = button("clear-all", l10n.t("Clear Ranges"), l10n.t("Highlight all runs again"));
    clear.addEventListener("click", () => onRanges({}));
    const set = (range: AxisRanges[string] | undefined): void => onRanges(withRange(ranges, axis.key, range));
    keepFocus(element, () =>
      element.replaceChildren(pick, ...rangeInputs(axis, ranges[axis.key], set), ...(isRanged ? [clear] : [])),
    );
  };
  return { element, write };
}

/** @param range none takes it off */
export function withRange(ranges: AxisRanges, key: string, range: AxisRanges[string] | undefined): AxisRanges {
  const { [key]: _, ...others } = ranges;
  return range === undefined ? others : { ...others, [key]: range };
}

function rangeInputs(
  axis: ParallelAxis,
  range: AxisRanges[string] | undefined,
  set: (range: AxisRanges[string] | undefined) => void,
): readonly HTMLElement[] {
  const { categories, scale, min, max } = axis;
  if (categories !== undefined) {
    const all = ["", l10n.t("All")] as const;
    const names = categories.map((name, index) => [String(index), name] as const);
    const now = range === undefined ? "" : String(Math.ceil(range.min));
    return [
      selectControl(l10n.t("Value"), [all, ...names], now, (next) =>
        set(next === "" ? undefined : { min: Number(next), max: Number(next) }),
      ),
    ];
  }
  const ends = range ?? { min, max };
  const input = (label: string, end: "min" | "max"): HTMLElement =>
    numberControl(label, Number((ends[end] * scale).toPrecision(6)), (value) => set({ ...ends, [end]: value / scale }));
  return [input(l10n.t("From"), "min"), input(l10n.t("To"), "max")];
}
