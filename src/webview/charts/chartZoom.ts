/**
 * Zoom of a chart: drag over what is to be seen, Ctrl and the wheel or two fingers, Shift and drag to move, and all of it
 * by keyboard. What is seen stays while figures come in.
 */
import * as l10n from "@vscode/l10n";
import zoomPlugin from "chartjs-plugin-zoom";
import type { ZoomPluginOptions } from "chartjs-plugin-zoom/types/options";
import type { ChartZoom } from "../../protocol/chartZoom.ts";
import { iconButton } from "../base/elements.ts";
import type { MenuItem } from "../base/popupMenu.ts";
import type { Theme } from "../base/theme.ts";
import { type AnyOptions, type Chart, selection } from "./chartSetup.ts";
import { isWhole, type Ranges, withRanges } from "./zoomRange.ts";

export interface ZoomParts {
  /** Which axes; the others follow what is seen. */
  readonly mode: "x" | "xy";
  /** From before the panel was made. */
  readonly kept?: ChartZoom;
  onChange?(zoom: ChartZoom | undefined): void;
}

export interface ZoomControl {
  readonly menu: readonly MenuItem[];
  /** There only while something is out of sight. */
  readonly resetButton: HTMLElement;
  /** For the chart's configuration. */
  readonly plugins: readonly [typeof zoomPlugin];
  /** @param showAll draws the chart again, whole */
  attach(chart: Chart, showAll: () => void): void;
  pluginOptions(theme: Theme): ZoomPluginOptions;
  /** To be called when the chart has been drawn whole. @returns where to narrow it to */
  afterWhole(of: string): Ranges | undefined;
  /** The options as the user sees the chart, for its picture. */
  asSeen(options: AnyOptions): AnyOptions;
}

const IN = 1.25;
const OUT = 1 / IN;
/** Part of what is seen that an arrow key moves by. */
const STEP = 0.1;
/** Nothing smaller than this part of an axis is shown. */
const SMALLEST = 1e-4;
/** Pixels; a shorter drag is a click. */
const LEAST_DRAG = 6;

/** @param area around the canvas; takes the keyboard's focus */
export function createZoom(title: string, area: HTMLElement, { mode, kept, onChange }: ZoomParts): ZoomControl {
  let drawn: { readonly chart: Chart; showAll(): void } | undefined;
  let zoom = kept;
  let of = kept?.of ?? "";
  let whole: Ranges = {};
  /** The plugin reads it at every gesture. */
  const limits: Record<string, { min: number; max: number; minRange: number }> = {};

  const resetButton = iconButton("screen-full", l10n.t("Show all of “{0}”", title));
  const set = (next: ChartZoom | undefined): void => {
    zoom = next;
    resetButton.hidden = next === undefined;
    onChange?.(next);
  };
  const readRanges = (): Ranges => {
    const scales = Object.entries(drawn?.chart.scales ?? {}).filter(([, { axis }]) => mode.includes(axis));
    return Object.fromEntries(scales.map(([id, { min, max }]) => [id, { min, max }]));
  };
  const takeOver = (): void => {
    const scales = readRanges();
    set(isWhole(scales, whole) ? undefined : { of, scales });
  };
  const reset = (): void => {
    if (zoom !== undefined) {
      // The button goes away under the focus.
      const hadFocus = resetButton.matches(":focus");
      set(undefined);
      drawn?.showAll();
      if (hadFocus) {
        area.focus();
      }
    }
  };
  const zoomBy = (factor: number): void => drawn?.chart.zoom(factor);
  const moveBy = (x: number, y: number): void => {
    const { width = 0, height = 0 } = drawn?.chart.chartArea ?? {};
    drawn?.chart.pan({ x: x * STEP * width, y: mode === "xy" ? y * STEP * height : 0 });
  };
  const keys: Readonly<Record<string, () => void>> = {
    "+": () => zoomBy(IN),
    "=": () => zoomBy(IN),
    "-": () => zoomBy(OUT),
    "0": reset,
    ArrowLeft: () => moveBy(1, 0),
    ArrowRight: () => moveBy(-1, 0),
    ArrowUp: () => moveBy(0, 1),
    ArrowDown: () => moveBy(0, -1),
  };
  area.tabIndex = 0;
  area.setAttribute("role", "group");
  area.setAttribute("aria-label", l10n.t("“{0}”: + and − zoom, arrow keys move, 0 shows all", title));
  area.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    const isPlain = !(event.ctrlKey || event.metaKey || event.altKey);
    // Arrow keys scroll the page where there is nothing to move.
    if (act !== undefined && isPlain && (zoom !== undefined || !event.key.startsWith("Arrow"))) {
      event.preventDefault();
      act();
    }
  });
  resetButton.addEventListener("click", reset);
  resetButton.hidden = true;
  return {
    menu: [
      { label: l10n.t("Zoom In"), run: () => zoomBy(IN) },
      { label: l10n.t("Zoom Out"), run: () => zoomBy(OUT) },
      { label: l10n.t("Reset Zoom"), run: reset },
    ],
    resetButton,
    plugins: [zoomPlugin],
    attach(chart, showAll) {
      drawn = { chart, showAll };
    },
    pluginOptions: (theme) => ({
      limits,
      pan: { enabled: true, mode, modifierKey: "shift", onPan: takeOver },
      zoom: {
        mode,
        onZoom: takeOver,
        // The wheel alone scrolls the page. Two fingers on a touchpad come as Ctrl and wheel.
        wheel: { enabled: true, modifierKey: "ctrl" },
        pinch: { enabled: true },
        drag: { enabled: true, threshold: LEAST_DRAG, ...selection(theme) },
      },
    }),
    afterWhole(next) {
      whole = readRanges();
      for (const [id, { min, max }] of Object.entries(whole)) {
        limits[id] = { min, max, minRange: (max - min) * SMALLEST };
      }
      if (zoom !== undefined && next !== zoom.of) {
        set(undefined);
      }
      of = next;
      resetButton.hidden = zoom === undefined;
      return zoom?.scales;
    },
    asSeen: (options) => (zoom === undefined ? options : withRanges(options, zoom.scales)),
  };
}
