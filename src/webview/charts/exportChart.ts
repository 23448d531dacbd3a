/** A chart as a picture that stands alone: drawn again, with title, legend and ground, at a size for a page. */
import { BasicPlatform, type ChartConfiguration, type ChartType, type Plugin } from "chart.js";
import type { Element as SvgCanvas } from "svgcanvas";
import type { Theme } from "../base/theme.ts";
import { canvasPng } from "./canvasPng.ts";
import type { AnyOptions } from "./chartSetup.ts";
import { Chart } from "./chartSetup.ts";
import { createSvgSurface } from "./svgSurface.ts";

export interface Picture {
  readonly type: ChartType;
  readonly data: ChartConfiguration["data"];
  readonly options: AnyOptions;
  readonly title: string;
  readonly note?: string;
  /** Pixels at 100 %. */
  readonly width: number;
  readonly height: number;
}

/** Title and legend need this much more than the plot alone. Pixels. */
const EXTRA_HEIGHT = 56;
/** A PNG is drawn at twice its size, for print and for screens with small pixels. */
const PNG_RATIO = 2;

/** @throws Error when the browser has no room for a picture of that size */
export function asPng(picture: Picture, theme: Theme): Blob {
  const canvas = document.createElement("canvas");
  const chart = drawOn(canvas, picture, theme, PNG_RATIO);
  try {
    return canvasPng(canvas);
  } finally {
    chart.destroy();
  }
}

export function asSvg(picture: Picture, theme: Theme): Blob {
  const canvas = createSvgSurface(picture.width, picture.height + EXTRA_HEIGHT);
  const chart = drawOn(canvas, picture, theme, 1);
  try {
    return new Blob([canvas.getContext("2d").getSerializedSvg(true)], { type: "image/svg+xml" });
  } finally {
    chart.destroy();
  }
}

function drawOn(canvas: HTMLCanvasElement | SvgCanvas, picture: Picture, theme: Theme, ratio: number): Chart {
  const { type, data, options, title, note = "", width, height } = picture;
  canvas.width = width;
  canvas.height = height + EXTRA_HEIGHT;
  return new Chart(
    canvas as HTMLCanvasElement,
    {
      type,
      data: { ...data, datasets: data.datasets.map((dataset) => ({ ...dataset, ...WITHOUT_PATH2D })) },
      // The one without DOM: what is drawn on is not in the page.
      platform: BasicPlatform,
      options: {
        ...options,
        animation: false,
        responsive: false,
        devicePixelRatio: ratio,
        layout: { padding: 12 },
        plugins: {
          ...options.plugins,
          subtitle: {
            display: note !== "",
            text: note,
            color: theme.faint,
            align: "start",
            padding: { bottom: 6 },
          },
          title: { display: true, text: title, color: theme.text, font: { size: 14 }, align: "start" },
          legend: {
            display: data.datasets.length > 1,
            align: "start",
            labels: { color: theme.text, usePointStyle: true, filter: ({ text }) => text !== "" },
          },
        },
      },
      plugins: [ground(theme)],
    } as ChartConfiguration,
  );
}

/** Lines with own segments are drawn without Path2D, which SVG canvases do not know. */
const WITHOUT_PATH2D = { segment: {} } as const;

function ground(theme: Theme): Plugin {
  return {
    id: "ground",
    beforeDraw({ ctx, width, height }) {
      ctx.save();
      ctx.fillStyle = theme.background;
      ctx.fillRect(0, 0, width, height);
      ctx.restore();
    },
  };
}
