/** The elements of the comparison panel, made once, and how a view is written into them. */
import * as l10n from "@vscode/l10n";
import type { CompareOptions, FromComparePanel } from "../../protocol/comparePanel.ts";
import { box, button, cell, make, section } from "../base/elements.ts";
import { keepFocus } from "../base/keepFocus.ts";
import { menuButton } from "../base/popupMenu.ts";
import { tableBox } from "../base/table.ts";
import type { Theme } from "../base/theme.ts";
import { chartFrame } from "../charts/chartFrame.ts";
import type { ChartHost } from "../charts/chartMenu.ts";
import { foldControl } from "../charts/foldControl.ts";
import { keptZooms } from "../charts/keptZooms.ts";
import { caveatElements } from "./compareCaveats.ts";
import { createControls } from "./compareControls.ts";
import { drawCompareCurves } from "./compareCurves.ts";
import { differencesElement } from "./compareDifferences.ts";
import { drawCompareLayers } from "./compareLayers.ts";
import { writeRunsTable, writeSeedsTable } from "./compareRunsTable.ts";
import { drawScatter } from "./compareScatter.ts";
import { drawSettingChart } from "./compareSettingChart.ts";
import { createSourceDiff } from "./compareSources.ts";
import { type CompareView, hasSeedGroups } from "./compareView.ts";
import { curveLines, hasHiddenBeginning } from "./curveLines.ts";
import { createParallelSection } from "./parallelSection.ts";
import { chosenSetting } from "./settingPoints.ts";

export interface ComparePage {
  write(view: CompareView, theme: Theme): void;
  tell(message: string): void;
}

export interface ComparePageParts {
  readonly root: HTMLElement;
  readonly charts: ChartHost;
  /** As they were kept. */
  readonly zooms: CompareOptions["zooms"];
  send(message: FromComparePanel): void;
  onOptions(change: Partial<CompareOptions>): void;
}

export function buildComparePage(parts: ComparePageParts): ComparePage {
  const { root, charts, send, onOptions } = parts;
  const title = cell("h1", l10n.t("Reading the runs …"));
  const subtitle = make("p", "faint subtitle");
  const notice = make("p", "notice");
  notice.setAttribute("role", "status");
  notice.hidden = true;
  const change = button("edit", l10n.t("Choose Runs…"), l10n.t("Choose which runs are compared"));
  change.addEventListener("click", () => send({ type: "changeRuns" }));
  const exports = menuButton("export", l10n.t("Export the comparison"), exportItems(send));
  const head = make("header");
  head.append(box("title", title, box("tools", change, ...exports)), subtitle, notice);

  const caveats = box("caveats");
  const runs = make("table", "runs");
  const seeds = make("table", "runs seeds");
  const runsBox = tableBox(l10n.t("Runs"), runs, "wide");
  const seedsBox = tableBox(l10n.t("Seeds"), seeds, "wide");
  const runsSection = section(l10n.t("Runs"), [], runsBox, seedsBox);
  const controls = createControls(onOptions);
  const zoomOf = keptZooms(parts.zooms, (zooms) => onOptions({ zooms }));
  const scatter = chartFrame({
    title: l10n.t("Sparsity against metric"),
    type: "scatter",
    host: charts,
    className: "plot",
    above: [controls.scatter],
    zoom: zoomOf("scatter", "xy"),
  });
  const curves = chartFrame({
    title: l10n.t("Curves"),
    type: "line",
    host: charts,
    className: "plot",
    above: [controls.curves],
    zoom: zoomOf("curves", "xy"),
  });
  const setting = chartFrame({
    title: l10n.t("Result by setting"),
    type: "scatter",
    host: charts,
    className: "plot",
    above: [controls.setting],
    zoom: zoomOf("setting", "xy"),
  });
  const parallel = createParallelSection(charts, onOptions);
  const beginning = cell("span", l10n.t("The first epochs lie outside of the axis."), "faint");
  const fold = foldControl(() => onOptions({}));
  const layers = chartFrame({
    title: l10n.t("Layers"),
    type: "bar",
    host: charts,
    className: "bars",
    above: [controls.layers, fold.element],
  });
  const settings = box("");
  const sources = createSourceDiff((a, b) => send({ type: "diffSources", a, b }));
  const environment = box("");
  const body = box(
    "body",
    caveats,
    runsSection,
    box("charts", scatter.section, curves.section),
    box("charts", setting.section, parallel.section),
    layers.section,
    section(l10n.t("Configuration"), [], settings, sources.element),
    section(l10n.t("Environment"), [], environment),
  );
  body.hidden = true;
  root.replaceChildren(head, body);

  return {
    tell(message) {
      notice.textContent = message;
      notice.hidden = message === "";
    },
    write(view, theme) {
      const { comparison, curves: lines, options: now, slots } = view;
      body.hidden = false;
      title.textContent = l10n.t("{0} runs compared", comparison.runs.length);
      subtitle.textContent = describeModels(view);
      caveats.replaceChildren(...caveatElements(comparison));
      const drawn = curveLines(view);
      controls.write(view, drawn);
      controls.curves.append(beginning);
      beginning.hidden = !hasHiddenBeginning(view, drawn);
      keepFocus(runs, () =>
        writeRunsTable(runs, view, {
          open: (run) => send({ type: "openRun", id: run.id }),
          setVisible: (run, isVisible) =>
            onOptions({ hidden: [...now.hidden.filter((id) => id !== run.id), ...(isVisible ? [] : [run.id])] }),
        }),
      );
      seedsBox.hidden = !hasSeedGroups(view);
      writeSeedsTable(seeds, view);
      const cause = [comparison, slots, now.hidden, now.aggregate];
      scatter.draw(theme, [...cause, lines, now.split, now.paths], () => drawScatter(view, theme));
      curves.draw(theme, [...cause, lines, now.curve, now.axis, now.smoothing, now.logCurve], () =>
        drawCompareCurves(view, drawn, theme),
      );
      const by = chosenSetting(comparison, now.setting);
      setting.section.hidden = by === undefined;
      if (by !== undefined) {
        setting.draw(theme, [...cause, by.key, now.outcome, now.logSetting], () => drawSettingChart(view, by, theme));
      }
      parallel.draw(view, cause, theme);
      const shown = fold.update(comparison.layers.map(({ name }) => name));
      layers.draw(theme, [...cause, now.bars, shown], () => drawCompareLayers(view, shown, theme));
      const same = l10n.t("All settings are the same.");
      settings.replaceChildren(differencesElement(view, comparison.settings, same));
      sources.write(comparison.runs);
      const sameThere = l10n.t("Engine, versions, commit and machine are the same.");
      environment.replaceChildren(differencesElement(view, comparison.environment, sameThere));
    },
  };
}

function exportItems(send: (message: FromComparePanel) => void) {
  const formats = [
    ["md", "Markdown"],
    ["csv", "CSV"],
    ["latex", "LaTeX"],
  ] as const;
  return [
    ...formats.map(([format, name]) => ({
      label: l10n.t("Copy as {0}", name),
      run: () => send({ type: "export", format, to: "clipboard" }),
    })),
    ...formats.map(([format, name]) => ({
      label: l10n.t("Save as {0}…", name),
      run: () => send({ type: "export", format, to: "file" }),
    })),
  ];
}

function describeModels({ comparison: { runs } }: CompareView): string {
  const models = new Set(runs.map((run) => `${run.modelFile.split(/[\\/]/).at(-1)} · ${run.exportName}`));
  return [...models].join(", ");
}
