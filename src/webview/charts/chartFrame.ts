/**
 * A chart in its section: heading, the same figures as a table at the press of a button, the menu to copy, save and zoom.
 * The chart is drawn again only when what it shows or the theme has changed.
 */
import * as l10n from "@vscode/l10n";
import type { ChartConfiguration, ChartType } from "chart.js";
import { box, iconButton, make, section } from "../base/elements.ts";
import { type Sheet, tableBox, writeTable } from "../base/table.ts";
import { readTheme, type Theme } from "../base/theme.ts";
import { type ChartHost, chartMenu } from "./chartMenu.ts";
import { type AnyOptions, applyDefaults, Chart, SIZING, tooltip } from "./chartSetup.ts";
import { createZoom, type ZoomParts } from "./chartZoom.ts";
import { asPng, asSvg, type Picture } from "./exportChart.ts";
import { withRanges } from "./zoomRange.ts";

export interface Drawing {
  readonly data: ChartConfiguration["data"];
  readonly options: AnyOptions;
  readonly sheet: Sheet;
  /** The chart in a sentence or two, for those who do not see it; shown where there are no rows. */
  readonly description: string;
  /** A line between heading and chart, and below the title of a picture. */
  readonly note?: string;
  /** Pixels; the style sheet's otherwise. */
  readonly height?: number;
  /** What the axes stand for: as long as that stays, so does what the user has zoomed to. */
  readonly axes?: string;
}

export interface ChartFrame {
  readonly section: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** Around the canvas. */
  readonly area: HTMLElement;
  readonly chart: Chart;
  /** @param cause what the drawing depends on, compared one by one; as long as that stays, nothing is done */
  draw(theme: Theme, cause: readonly unknown[], make: () => Drawing): void;
}

export interface FrameParts {
  readonly title: string;
  readonly type: ChartType;
  readonly host: ChartHost;
  /** Class of the box around the canvas, for its height. */
  readonly className: string;
  /** Between heading and chart: legend, choice of what is shown. */
  readonly above?: readonly HTMLElement[];
  /** The table is shown from the start. */
  readonly hasOpenTable?: boolean;
  /** Without it, the chart is always whole. */
  readonly zoom?: ZoomParts;
}

export function chartFrame(parts: FrameParts): ChartFrame {
  const { title, type, host, className, above = [], hasOpenTable = false } = parts;
  const canvas = make("canvas");
  canvas.setAttribute("role", "img");
  const chartBox = box(`chart ${className}`, canvas);
  const zoom = parts.zoom && createZoom(title, chartBox, parts.zoom);
  const table = make("table");
  const scrolled = tableBox(title, table);
  scrolled.hidden = !hasOpenTable;
  let last: Drawing | undefined;
  let seen: readonly unknown[] = [];
  const toggle = iconButton("table", l10n.t("Show “{0}” as a table", title));
  toggle.setAttribute("aria-pressed", String(hasOpenTable));
  toggle.addEventListener("click", () => {
    scrolled.hidden = !scrolled.hidden;
    toggle.setAttribute("aria-pressed", String(!scrolled.hidden));
    if (last !== undefined) {
      writeTable(table, last.sheet);
    }
  });
  const menu = chartMenu(host, {
    title,
    sheet: () => last?.sheet ?? { columns: [], rows: [] },
    png: () => withPicture((picture, theme) => asPng(picture, theme)),
    svg: () => withPicture((picture, theme) => asSvg(picture, theme)),
    ...(zoom === undefined ? {} : { zoom: zoom.menu }),
  });
  const withPicture = <T>(make: (picture: Picture, theme: Theme) => T): T | undefined => {
    if (last === undefined || last.sheet.rows.length === 0) {
      return undefined;
    }
    const size = { width: Math.max(400, chart.width), height: Math.max(120, chart.height) };
    const options = zoom?.asSeen(last.options) ?? last.options;
    return make({ type, ...last, options, ...size, title }, readTheme());
  };
  const empty = make("p", "empty");
  const note = make("p", "note");
  const element = section(
    title,
    [...(zoom === undefined ? [] : [zoom.resetButton]), toggle, ...menu],
    ...above,
    note,
    chartBox,
    empty,
    scrolled,
  );
  // Here already, since the first size comes from it.
  const chart = new Chart(canvas, {
    type,
    data: { labels: [], datasets: [] },
    options: SIZING,
    plugins: zoom === undefined ? [] : [...zoom.plugins],
  } as ChartConfiguration);
  const paint = ({ data, options: own, axes = "" }: Drawing, theme: Theme): void => {
    const plugins = {
      ...own.plugins,
      tooltip: { ...tooltip(theme), ...own.plugins?.tooltip },
      ...(zoom === undefined ? {} : { zoom: zoom.pluginOptions(theme) }),
    };
    const options = { ...SIZING, ...own, plugins };
    Object.assign(chart.config, { data, options });
    chart.update();
    const ranges = zoom?.afterWhole(axes);
    if (ranges !== undefined) {
      Object.assign(chart.config, { options: withRanges(options, ranges) });
      chart.update();
    }
  };
  zoom?.attach(chart, () => last !== undefined && paint(last, readTheme()));
  return {
    section: element,
    canvas,
    area: chartBox,
    chart,
    draw(theme, cause, makeDrawing) {
      const causes: readonly unknown[] = [...Object.values(theme), ...cause];
      if (causes.length === seen.length && causes.every((one, index) => one === seen[index])) {
        return;
      }
      seen = causes;
      const drawing = makeDrawing();
      last = drawing;
      applyDefaults(theme);
      if (drawing.height !== undefined) {
        chartBox.style.height = `${drawing.height}px`;
      }
      paint(drawing, theme);
      canvas.setAttribute("aria-label", drawing.description);
      const isEmpty = drawing.sheet.rows.length === 0;
      chartBox.hidden = isEmpty;
      empty.hidden = !isEmpty;
      note.textContent = drawing.note ?? "";
      note.hidden = note.textContent === "";
      empty.textContent = isEmpty ? drawing.description : "";
      if (!scrolled.hidden) {
        writeTable(table, drawing.sheet);
      }
    },
  };
}
