/**
 * A chart in its section: heading, the same figures as a table at the press of a button, the menu to copy and save. The
 * chart is drawn again only when what it shows or the theme has changed.
 */
import * as l10n from "@vscode/l10n";
import type { ChartConfiguration, ChartType } from "chart.js";
import { box, iconButton, make, section } from "../base/elements.ts";
import { type Sheet, tableBox, writeTable } from "../base/table.ts";
import { readTheme, type Theme } from "../base/theme.ts";
import { type ChartHost, chartMenu } from "./chartMenu.ts";
import { type AnyOptions, applyDefaults, Chart, SIZING, tooltip } from "./chartSetup.ts";
import { asPng, asSvg, type Picture } from "./exportChart.ts";

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
}

export interface ChartFrame {
  readonly section: HTMLElement;
  readonly canvas: HTMLCanvasElement;
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
}

export function chartFrame({ title, type, host, className, above = [], hasOpenTable = false }: FrameParts): ChartFrame {
  const canvas = make("canvas");
  canvas.setAttribute("role", "img");
  const chartBox = box(`chart ${className}`, canvas);
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
  });
  const withPicture = <T>(make: (picture: Picture, theme: Theme) => T): T | undefined => {
    if (last === undefined || last.sheet.rows.length === 0) {
      return undefined;
    }
    const size = { width: Math.max(400, chart.width), height: Math.max(120, chart.height) };
    return make({ type, ...last, ...size, title }, readTheme());
  };
  const empty = make("p", "empty");
  const note = make("p", "note");
  const element = section(title, [toggle, ...menu], ...above, note, chartBox, empty, scrolled);
  // Here already, since the first size comes from it.
  const chart = new Chart(canvas, { type, data: { labels: [], datasets: [] }, options: SIZING } as ChartConfiguration);
  return {
    section: element,
    canvas,
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
      const options = { ...SIZING, ...drawing.options };
      const plugins = { ...options.plugins, tooltip: { ...tooltip(theme), ...options.plugins?.tooltip } };
      Object.assign(chart.config, { data: drawing.data, options: { ...options, plugins } });
      chart.update();
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
