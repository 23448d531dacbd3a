/** Sparsity of each layer as bars. */
import * as l10n from "@vscode/l10n";
import { asCount, asPercent } from "../../protocol/figures.ts";
import type { LayerSummary } from "../../protocol/run.ts";
import type { Theme } from "../base/theme.ts";
import type { Drawing } from "../charts/chartFrame.ts";
import { drawBars } from "../charts/layerBars.ts";

export function drawLayers(layers: readonly LayerSummary[], theme: Theme): Drawing {
  return drawBars(layers, theme, {
    label: l10n.t("Sparsity"),
    color: theme.sparsity,
    part: ({ sparsity }) => sparsity,
    tooltip: ({ sparsity, remaining, total }) =>
      l10n.t("{0} sparse, {1} of {2} weights left", asPercent(sparsity), asCount(remaining), asCount(total)),
    summary: ({ sparsity }) => asPercent(sparsity),
  });
}
