/** The charts of the live panel, in their order on the page. */
import * as l10n from "@vscode/l10n";
import type { LiveLook } from "../../protocol/livePanelState.ts";
import type { LayerSummary } from "../../protocol/run.ts";
import { box, swatch } from "../base/elements.ts";
import type { Theme } from "../base/theme.ts";
import { chartFrame } from "../charts/chartFrame.ts";
import type { ChartHost } from "../charts/chartMenu.ts";
import { foldControl } from "../charts/foldControl.ts";
import { keptZooms } from "../charts/keptZooms.ts";
import { rowsOf, sumLayers } from "../charts/layerRows.ts";
import { type CompactionState, compactionSection } from "./compactionSection.ts";
import { continuationsSection } from "./continuationsSection.ts";
import { createCurveControls } from "./curveControls.ts";
import { drawCurves } from "./curvesChart.ts";
import { createLayerSections } from "./layerSections.ts";
import { drawLayers } from "./layersChart.ts";
import { drawLosses } from "./lossChart.ts";
import type { MaskState } from "./maskSection.ts";
import { type PredictionsState, predictionsSection } from "./predictionsSection.ts";
import type { RunView } from "./runView.ts";
import { createSearchSection } from "./searchSection.ts";
import type { SentenceParts, SentenceState } from "./sentenceBox.ts";
import { translationsSection } from "./translationsSection.ts";
import { drawUnits } from "./unitsChart.ts";
import { createValuesSection } from "./valuesSection.ts";

export interface Charts {
  readonly sections: readonly HTMLElement[];
  draw(shown: ShownRun, theme: Theme): void;
}

/** What the run's log says, and what was asked for beside it. */
export interface ShownRun {
  readonly view: RunView;
  readonly mask: MaskState | undefined;
  readonly predictions: PredictionsState;
  readonly compaction: CompactionState;
  readonly sentence: SentenceState;
}

export interface ChartsParts {
  readonly host: ChartHost;
  /** As it was kept. */
  readonly look: LiveLook;
  /** The user looks at curves otherwise. */
  onLook(change: Partial<LiveLook>): void;
  /** The user looks at something else of the same run. */
  redraw(): void;
  /** The mask of this layer is to be shown. */
  onPick(layer: string): void;
  /** A sentence is tried. */
  readonly asking: SentenceParts;
}

export function createCharts({ host, look, onLook, redraw, onPick, asking }: ChartsParts): Charts {
  const legend = box("legend");
  const controls = createCurveControls(look, (options) => {
    onLook(options);
    redraw();
  });
  const zoomOf = keptZooms(look.zooms, (zooms) => onLook({ zooms }));
  const curves = chartFrame({
    title: l10n.t("Sparsity and validation metric"),
    type: "line",
    host,
    className: "curves",
    above: [controls.element, legend],
    zoom: zoomOf("curves", "x"),
  });
  const lossLegend = box(
    "legend",
    swatch("loss", l10n.t("Training loss")),
    swatch("metric", l10n.t("Validation loss")),
  );
  const losses = chartFrame({
    title: l10n.t("Loss"),
    type: "line",
    host,
    className: "losses",
    above: [lossLegend],
    zoom: zoomOf("losses", "x"),
  });
  const fold = foldControl(redraw);
  const layers = chartFrame({
    title: l10n.t("Sparsity per layer"),
    type: "bar",
    host,
    className: "bars",
    above: [fold.element],
    hasOpenTable: true,
  });
  const units = chartFrame({ title: l10n.t("Units alive per layer"), type: "bar", host, className: "units" });
  const search = createSearchSection(host, redraw);
  const layer = createLayerSections(host, onPick);
  const predictions = predictionsSection(host);
  const values = createValuesSection(host);
  const translations = translationsSection(host, asking);
  const continuations = continuationsSection(host, asking);
  const smaller = compactionSection(host);
  return {
    sections: [
      curves.section,
      losses.section,
      layers.section,
      box("charts", units.section, search.section),
      layer.element,
      smaller.section,
      predictions.section,
      values.section,
      translations.section,
      continuations.section,
    ],
    draw({ view, mask, predictions: told, compaction, sentence }, theme) {
      legend.replaceChildren(
        swatch("sparsity", l10n.t("Sparsity")),
        swatch("metric", l10n.t("Validation {0}", view.metric)),
        ...(view.reference === undefined ? [] : [swatch("dense", l10n.t("Dense {0}", view.metric))]),
        ...(view.prunings.length === 0 ? [] : [swatch("pruned", l10n.t("Pruning, with the sparsity after it"))]),
      );
      legend.hidden = view.epochs.length === 0;
      controls.element.hidden = legend.hidden;
      const options = controls.update(view);
      const { smoothing, isLog } = options;
      curves.draw(theme, [view.epochs, view.metric, view.reference, smoothing, isLog], () =>
        drawCurves(view, options, theme),
      );
      lossLegend.hidden = legend.hidden;
      losses.draw(theme, [view.epochs, smoothing, isLog], () => drawLosses(view, options, theme));
      const names = view.layers.map(({ name }) => name);
      const shown = fold.update(names);
      const rows = (): LayerSummary[] =>
        rowsOf(names, shown).map(({ name, from, to }) => sumLayers(name, view.layers.slice(from, to)));
      layers.draw(theme, [view.layers, shown], () => drawLayers(rows(), theme));
      units.draw(theme, [view.layers, shown], () => drawUnits(rows(), theme));
      search.draw(view, theme);
      layer.draw(view, mask, theme);
      smaller.write(compaction);
      predictions.write(told);
      values.draw(told.predictions, theme);
      translations.write(told.predictions, sentence);
      continuations.write(told.predictions, sentence);
    },
  };
}
