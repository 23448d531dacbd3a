/** Each layer in each run: how sparse it is, or how many of its units are alive. */
import * as l10n from "@vscode/l10n";
import { NONE } from "../../protocol/comparisonTexts.ts";
import { asCount, asPercent } from "../../protocol/figures.ts";
import type { LayerSummary } from "../../protocol/run.ts";
import { aliveText } from "../../protocol/unitTexts.ts";
import type { Cell } from "../base/table.ts";
import type { Theme } from "../base/theme.ts";
import type { Drawing } from "../charts/chartFrame.ts";
import { type Hovered, percentAxis } from "../charts/chartSetup.ts";
import { labelAxis } from "../charts/layerBars.ts";
import { labelsOf } from "../charts/layerNames.ts";
import { type Fold, rowsOf, sumLayers } from "../charts/layerRows.ts";
import { type CompareView, slotOf, visibleRuns } from "./compareView.ts";
import { groundOf, styleOf } from "./seriesStyle.ts";

const BAR_HEIGHT = 11;
const GAP = 14;
const AXIS_HEIGHT = 46;

export function drawCompareLayers(view: CompareView, fold: Fold, theme: Theme): Drawing {
  const { comparison, options } = view;
  const ground = groundOf(document.body);
  const runs = visibleRuns(view);
  const shown = new Set(runs.map((run) => run.id));
  const all = comparison.layers.map(({ layers: each }) =>
    each.filter((_, index) => shown.has(comparison.runs[index]?.id ?? "")),
  );
  const names = comparison.layers.map(({ name }) => name);
  const layers = rowsOf(names, fold).map(({ name, from, to }) => ({
    name,
    each: runs.map((_, index) => {
      const members = all.slice(from, to).flatMap((each) => each[index] ?? []);
      return members.length === 0 ? undefined : sumLayers(name, members);
    }),
  }));
  const title = barsTitle(options.bars);
  const figure = (layer: LayerSummary | undefined): Exclude<Cell, string> | undefined =>
    options.bars === "sparsity" ? layer && sparsityFigure(layer) : layer && unitsFigure(layer);
  return {
    height: Math.max(1, layers.length) * (runs.length * BAR_HEIGHT + GAP) + AXIS_HEIGHT,
    data: {
      labels: labelsOf(layers.map((layer) => layer.name)),
      datasets: runs.map((run, index) => {
        const { color, isOutlined } = styleOf(slotOf(view, run.id), ground);
        return {
          label: run.label,
          data: layers.map(({ each }) => {
            const value = figure(each[index])?.value;
            return value === undefined ? null : value * 100;
          }),
          backgroundColor: isOutlined ? theme.background : color,
          borderColor: color,
          borderWidth: isOutlined ? 1.5 : 0,
          barPercentage: 0.9,
          categoryPercentage: 0.86,
        };
      }),
    },
    options: {
      indexAxis: "y",
      scales: { x: percentAxis(theme, { title, position: "bottom" }), y: labelAxis(theme) },
      plugins: {
        tooltip: {
          callbacks: {
            title: ([item]: Hovered[]) => layers[item?.dataIndex ?? -1]?.name ?? "",
            label: ({ dataIndex, datasetIndex }: Hovered) =>
              `${runs[datasetIndex]?.label ?? ""}: ${figure(layers[dataIndex]?.each[datasetIndex])?.text ?? NONE}`,
          },
        },
      },
    },
    sheet: {
      columns: [l10n.t("Layer"), ...runs.map((run) => run.label)],
      rows: layers.map(({ name, each }) => [name, ...each.map((layer) => figure(layer) ?? NONE)]),
    },
    description: l10n.t("{0} of {1} layers in {2} runs; the table has each figure.", title, layers.length, runs.length),
  };
}

function sparsityFigure({ sparsity }: LayerSummary): Exclude<Cell, string> {
  return { value: sparsity, text: asPercent(sparsity, 2) };
}

function unitsFigure({ units, unitsAlive }: LayerSummary): Exclude<Cell, string> | undefined {
  return units === undefined || unitsAlive === undefined
    ? undefined
    : { value: unitsAlive / units.count, text: aliveText(asCount(unitsAlive), asCount(units.count), units.of) };
}

export function barsTitle(bars: "sparsity" | "units"): string {
  return bars === "sparsity" ? l10n.t("Sparsity") : l10n.t("Units alive");
}
