/** The threshold searches of the run, the newest first to be shown. */
import * as l10n from "@vscode/l10n";
import { box, iconButton, make, swatch } from "../base/elements.ts";
import type { Theme } from "../base/theme.ts";
import { chartFrame } from "../charts/chartFrame.ts";
import type { ChartHost } from "../charts/chartMenu.ts";
import type { RunView } from "./runView.ts";
import { drawSearch } from "./searchChart.ts";

export interface SearchSection {
  readonly section: HTMLElement;
  draw(view: RunView, theme: Theme): void;
}

/** @param redraw is called when another search is to be shown */
export function createSearchSection(host: ChartHost, redraw: () => void): SearchSection {
  const before = iconButton("chevron-left", l10n.t("Search before this one"));
  const after = iconButton("chevron-right", l10n.t("Search after this one"));
  const which = make("span", "faint");
  const steps = box("steps", before, which, after);
  const legend = box("legend", swatch("accepted", l10n.t("Accepted")), swatch("rejected", l10n.t("Rejected")), steps);
  const frame = chartFrame({
    title: l10n.t("Threshold search"),
    type: "scatter",
    host,
    className: "search",
    above: [legend],
    zoom: { mode: "xy" },
  });
  /** Searches back from the newest, which is followed as long as nobody asks for another. */
  let back = 0;
  const step = (by: number): void => {
    back += by;
    redraw();
  };
  before.addEventListener("click", () => step(1));
  after.addEventListener("click", () => step(-1));
  return {
    section: frame.section,
    draw({ searches, metric }, theme) {
      back = Math.max(0, Math.min(back, searches.length - 1));
      const search = searches.at(-1 - back);
      legend.hidden = search === undefined;
      before.disabled = back >= searches.length - 1;
      after.disabled = back === 0;
      which.textContent =
        search === undefined
          ? ""
          : l10n.t("{0} of {1}, after epoch {2}", searches.length - back, searches.length, search.epoch);
      frame.draw(theme, [search, metric], () => drawSearch(search, metric, theme));
    },
  };
}
