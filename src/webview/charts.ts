/** The two charts: sparsity of each layer, and sparsity and metric over epochs. */
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartConfiguration,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
} from "chart.js";
import { asMetric, asPercent } from "../protocol/figures.ts";
import type { RunView } from "./runView.ts";
import type { Theme } from "./theme.ts";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, LineController, LineElement, PointElement);

const BAR_HEIGHT = 28;
const AXIS_HEIGHT = 34;
const POINT = { plain: 2, pruned: 4.5 } as const;

/** As large as the box around it; nothing moves. */
const SIZING = { animation: false, responsive: true, maintainAspectRatio: false } as const;

export interface Charts {
  draw(view: RunView, theme: Theme): void;
}

export function createCharts(bars: HTMLCanvasElement, curves: HTMLCanvasElement): Charts {
  // Here already, since the first size comes from it.
  const barChart = new Chart(bars, { type: "bar", data: { labels: [], datasets: [] }, options: SIZING });
  const curveChart = new Chart(curves, { type: "line", data: { labels: [], datasets: [] }, options: SIZING });
  return {
    draw(view, theme) {
      Chart.defaults.font.family = theme.font;
      const height = `${Math.max(1, view.layers.length) * BAR_HEIGHT + AXIS_HEIGHT}px`;
      if (bars.parentElement !== null && bars.parentElement.style.height !== height) {
        bars.parentElement.style.height = height;
      }
      Object.assign(barChart.config, barConfig(view, theme));
      barChart.update();
      Object.assign(curveChart.config, curveConfig(view, theme));
      curveChart.update();
    },
  };
}

function barConfig(view: RunView, theme: Theme): Pick<ChartConfiguration<"bar">, "data" | "options"> {
  return {
    data: {
      labels: view.layers.map((layer) => layer.name),
      datasets: [
        {
          label: "Sparsity",
          data: view.layers.map((layer) => layer.sparsity * 100),
          backgroundColor: theme.sparsity,
          barPercentage: 0.72,
          categoryPercentage: 1,
        },
      ],
    },
    options: {
      ...SIZING,
      indexAxis: "y",
      scales: { x: percentAxis(theme), y: { ticks: { color: theme.text }, grid: { display: false } } },
    },
  };
}

function curveConfig(view: RunView, theme: Theme): Pick<ChartConfiguration<"line">, "data" | "options"> {
  const points = view.epochs;
  const isPart = asMetric(view.metric, 1).endsWith("%");
  const scale = isPart ? 100 : 1;
  const radius = points.map((point) => (view.prunedAfter.has(point.epoch) ? POINT.pruned : POINT.plain));
  const line = { borderWidth: 2, pointRadius: radius, tension: 0 };
  return {
    data: {
      labels: points.map((point) => point.epoch),
      datasets: [
        {
          ...line,
          label: "Sparsity",
          data: points.map((point) => point.sparsity * 100),
          borderColor: theme.sparsity,
          backgroundColor: theme.sparsity,
          yAxisID: "y",
        },
        {
          ...line,
          label: view.metric,
          data: points.map((point) => point.metric * scale),
          borderColor: theme.metric,
          backgroundColor: theme.metric,
          // Told apart by more than colour.
          borderDash: [6, 3],
          pointStyle: "rectRot",
          yAxisID: "metric",
        },
      ],
    },
    options: {
      ...SIZING,
      scales: {
        x: {
          title: { display: true, text: "Epoch", color: theme.faint },
          ticks: { color: theme.faint, maxRotation: 0, autoSkipPadding: 16 },
          grid: { display: false },
          border: { color: theme.grid },
        },
        y: percentAxis(theme, "Sparsity"),
        metric: {
          position: "right",
          grace: "10%",
          ...(isPart ? { max: 100 } : {}),
          ...(points.length === 0 ? { min: 0 } : {}),
          title: { display: true, text: view.metric, color: theme.faint },
          ticks: { color: theme.faint, maxTicksLimit: 6, ...(isPart ? { callback: withPercent } : {}) },
          grid: { display: false },
          border: { color: theme.grid },
        },
      },
    },
  };
}

function percentAxis(theme: Theme, title = "") {
  return {
    min: 0,
    max: 100,
    title: { display: title !== "", text: title, color: theme.faint },
    ticks: { color: theme.faint, stepSize: 25, callback: withPercent },
    grid: { color: theme.grid, lineWidth: 0.5 },
    border: { color: theme.grid },
  };
}

function withPercent(value: number | string): string {
  return `${typeof value === "number" ? Number(value.toFixed(1)) : value} %`;
}

/** What the curves say, for those who do not see them. */
export function describeCurves(view: RunView): string {
  const last = view.epochs.at(-1);
  if (last === undefined) {
    return "No epoch has ended yet.";
  }
  const metric = `${view.metric} ${asMetric(view.metric, last.metric)}`;
  return `After epoch ${last.epoch}: sparsity ${asPercent(last.sparsity)}, ${metric} on the validation split.`;
}
