/** Units of each layer that still have a weight; layers of which they are not known have no bar. */
import * as l10n from "@vscode/l10n";
import { NONE } from "../../protocol/comparisonTexts.ts";
import { asCount } from "../../protocol/figures.ts";
import type { LayerSummary } from "../../protocol/run.ts";
import { aliveText } from "../../protocol/unitTexts.ts";
import type { Theme } from "../base/theme.ts";
import type { Drawing } from "../charts/chartFrame.ts";
import { drawBars } from "../charts/layerBars.ts";

export function drawUnits(layers: readonly LayerSummary[], theme: Theme): Drawing {
  const known = layers.filter((layer) => layer.units !== undefined);
  const alive = ({ unitsAlive = 0, units }: LayerSummary): string =>
    units === undefined ? NONE : aliveText(asCount(unitsAlive), asCount(units.count), units.of);
  return drawBars(known, theme, {
    label: l10n.t("Units alive"),
    color: theme.good,
    part: ({ unitsAlive = 0, units }) => (units === undefined ? 0 : unitsAlive / units.count),
    tooltip: alive,
    summary: alive,
  });
}
