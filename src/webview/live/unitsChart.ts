/** Units of each layer that still have a weight. */
import * as l10n from "@vscode/l10n";
import { asCount } from "../../protocol/figures.ts";
import type { LayerSummary } from "../../protocol/run.ts";
import type { Theme } from "../base/theme.ts";
import type { Drawing } from "../charts/chartFrame.ts";
import { drawBars } from "../charts/layerBars.ts";

export function drawUnits(layers: readonly LayerSummary[], theme: Theme): Drawing {
  const alive = ({ unitsAlive, units }: LayerSummary): string =>
    l10n.t("{0} of {1} units alive", asCount(unitsAlive), asCount(units));
  return drawBars(layers, theme, {
    label: l10n.t("Units alive"),
    color: theme.good,
    part: ({ unitsAlive, units }) => (units === 0 ? 0 : unitsAlive / units),
    tooltip: alive,
    summary: alive,
  });
}
