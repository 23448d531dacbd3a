/** The figures of all layers as a table. */
import * as l10n from "@vscode/l10n";
import { NONE } from "../../protocol/comparisonTexts.ts";
import { asCount, asPercent } from "../../protocol/figures.ts";
import type { LayerSummary } from "../../protocol/run.ts";
import type { Sheet } from "../base/table.ts";

export function layersSheet(layers: readonly LayerSummary[]): Sheet {
  return {
    columns: [
      l10n.t("Layer"),
      l10n.t("Sparsity"),
      l10n.t("Weights left"),
      l10n.t("Weights"),
      l10n.t("Units alive"),
      l10n.t("Units"),
    ],
    rows: layers.map((layer) => [
      layer.name,
      { value: layer.sparsity, text: asPercent(layer.sparsity) },
      ...[layer.remaining, layer.total, layer.unitsAlive, layer.units?.count].map((value) =>
        value === undefined ? NONE : { value, text: asCount(value) },
      ),
    ]),
  };
}
