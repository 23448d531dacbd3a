/** chart.js as all panels use it: which of its parts are in the bundle, and options that look like VS Code. */
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartOptions,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  type Scale,
  ScatterController,
  SubTitle,
  Title,
  Tooltip,
} from "chart.js";
import annotation from "chartjs-plugin-annotation";
import { withOpacity } from "../base/rgb.ts";
import type { Theme } from "../base/theme.ts";
import { logTicks } from "./logTicks.ts";

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  LinearScale,
  Legend,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  SubTitle,
  Title,
  Tooltip,
  annotation,
);

// On the page the legend is text; pictures that are saved bring their own.
Chart.defaults.plugins.legend.display = false;

export { Chart } from "chart.js";

/** As large as the box around it; nothing moves. */
export const SIZING = { animation: false, responsive: true, maintainAspectRatio: false } as const;

/** Axis labels are a little smaller than text. */
export const AXIS_FONT = { size: 11 } as const;

export function applyDefaults(theme: Theme): void {
  Chart.defaults.font.family = theme.font;
  Chart.defaults.font.size = AXIS_FONT.size;
  Chart.defaults.color = theme.faint;
}

/** The box beside the pointer, as the editor's hovers. */
export function tooltip(theme: Theme) {
  return {
    backgroundColor: theme.hoverBackground,
    borderColor: theme.hoverBorder,
    borderWidth: 1,
    cornerRadius: 3,
    titleColor: theme.hoverText,
    bodyColor: theme.hoverText,
    footerColor: theme.faint,
    padding: 8,
    boxWidth: 8,
    boxHeight: 8,
    boxPadding: 4,
  } as const;
}

/** A part of a chart that is marked; the theme's own selection is opaque in some. */
export function selection(theme: Theme) {
  return { backgroundColor: withOpacity(theme.text, 0.15), borderColor: theme.faint, borderWidth: 1 } as const;
}

interface AxisOptions {
  readonly title?: string;
  readonly position?: "left" | "right" | "bottom";
  /** Lines across the plot. */
  readonly hasGrid?: boolean;
}

/** Options that every axis has. */
export function axis(theme: Theme, { title = "", position = "left", hasGrid = true }: AxisOptions = {}) {
  return {
    position,
    title: { display: title !== "", text: title, color: theme.faint, font: AXIS_FONT },
    ticks: { color: theme.faint, font: AXIS_FONT, maxRotation: 0, autoSkipPadding: 16 },
    grid: { display: hasGrid, color: theme.grid, lineWidth: 0.5 },
    border: { color: theme.grid },
  } as const;
}

/** 0 to 100 %; the data are given in percent. */
export function percentAxis(theme: Theme, options: AxisOptions = {}) {
  const common = axis(theme, options);
  return { ...common, min: 0, max: 100, ticks: { ...common.ticks, stepSize: 25, callback: withPercent } };
}

type Ticks = readonly { readonly value: number }[];

/** @param ticks of the axis, which may lie close together where it is zoomed */
export function withPercent(value: number | string, _index = 0, ticks: Ticks = []): string {
  return `${typeof value === "number" ? Number(value.toFixed(digitsOf(ticks))) : value} %`;
}

export function plainFigure(value: number | string, _index: number, ticks: Ticks): string {
  return typeof value === "number" ? String(Number(value.toFixed(digitsOf(ticks)))) : value;
}

/** Most that `toFixed` gives with certainty. */
const MOST_DIGITS = 15;

/** Behind the point, so that neighbours differ. */
function digitsOf(ticks: Ticks): number {
  const steps = ticks.slice(1).map(({ value }, index) => Math.abs(value - (ticks[index]?.value ?? value)));
  const least = steps.filter((step) => step > 0).reduce((a, b) => Math.min(a, b), 1);
  return Math.min(MOST_DIGITS, Math.ceil(-Math.log10(least)) + 1);
}

/** What makes an axis logarithmic, to be put over its other options. Its range has to be above 0. */
export const LOG_AXIS = {
  type: "logarithmic" as const,
  afterBuildTicks(scale: Scale) {
    scale.ticks = logTicks(scale.min, scale.max).map((value) => ({ value }));
  },
};

export type AnyOptions = ChartOptions<"line" | "bar" | "scatter">;

/** What our hovers ask of a tooltip's item, whatever the chart's type. */
export interface Hovered {
  readonly datasetIndex: number;
  readonly dataIndex: number;
  readonly raw: unknown;
}
