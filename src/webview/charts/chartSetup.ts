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
  ScatterController,
  SubTitle,
  Title,
  Tooltip,
} from "chart.js";
import annotation from "chartjs-plugin-annotation";
import type { Theme } from "../base/theme.ts";

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

export function withPercent(value: number | string): string {
  return `${typeof value === "number" ? Number(value.toFixed(1)) : value} %`;
}

export type AnyOptions = ChartOptions<"line" | "bar" | "scatter">;

/** What our hovers ask of a tooltip's item, whatever the chart's type. */
export interface Hovered {
  readonly datasetIndex: number;
  readonly dataIndex: number;
  readonly raw: unknown;
}
