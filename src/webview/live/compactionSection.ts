/** How small the network of a run that has ended is without the units that do nothing. */
import * as l10n from "@vscode/l10n";
import type { CompactedLayer, Compaction } from "../../protocol/compaction.ts";
import { asCount, asPercent } from "../../protocol/figures.ts";
import type { ToPanel } from "../../protocol/panel.ts";
import { countText } from "../../protocol/unitTexts.ts";
import { figure, make, section } from "../base/elements.ts";
import { type Sheet, tableBox, writeTable } from "../base/table.ts";
import { type ChartHost, chartMenu } from "../charts/chartMenu.ts";

/** There is one when the run has ended; runs of older versions have none. */
export type CompactionState = Pick<Extract<ToPanel, { type: "compaction" }>, "compaction" | "problem">;

export interface CompactionSection {
  readonly section: HTMLElement;
  write(state: CompactionState): void;
}

export function compactionSection(host: ChartHost): CompactionSection {
  const title = l10n.t("Smaller network");
  let shown: Compaction | undefined;
  let seen: CompactionState | undefined;
  const menu = chartMenu(host, { title, sheet: () => layerSheet(shown?.layers ?? []) });
  const caption = make("p", "caption");
  const figures = make("dl", "figures");
  const table = make("table");
  const layers = tableBox(l10n.t("Layers of the smaller network"), table);
  const element = section(title, menu, caption, figures, layers);
  element.hidden = true;
  return {
    section: element,
    write(state) {
      if (state === seen) {
        return;
      }
      seen = state;
      shown = state.compaction;
      element.hidden = shown === undefined && state.problem === undefined;
      caption.textContent = shown === undefined ? (state.problem ?? "") : describe(shown);
      figures.replaceChildren(...(shown === undefined ? [] : figuresOf(shown)));
      writeTable(table, layerSheet(shown?.layers ?? []));
      layers.hidden = table.hidden;
    },
  };
}

function describe({ kept, layers }: Compaction): string {
  if (kept !== undefined) {
    return l10n.t("The network stays as large as it is: {0}.", kept);
  }
  return layers.some((layer) => shareLeft(layer) < 1)
    ? l10n.t("Without the units that do nothing the network gives the same, and is as small as this.")
    : l10n.t("Each unit still does something: the network cannot be made smaller without changing what it gives.");
}

function figuresOf({ parameters, flops }: Compaction): readonly HTMLElement[] {
  return [
    changeOf(l10n.t("Weights"), parameters.dense, parameters.compact),
    figure(l10n.t("Weights that are not 0"), asCount(parameters.remaining)),
    ...(flops === undefined ? [] : [changeOf(l10n.t("FLOPs for one example"), flops.dense, flops.compact)]),
  ];
}

function changeOf(name: string, before: number, after: number): HTMLElement {
  return figure(name, l10n.t("{0} → {1}", asCount(before), asCount(after)));
}

function layerSheet(layers: readonly CompactedLayer[]): Sheet {
  return {
    columns: [l10n.t("Layer"), l10n.t("Class"), l10n.t("Before"), l10n.t("After"), l10n.t("Left")],
    rows: layers.map((layer) => [
      layer.name,
      layer.className,
      ...(["before", "after"] as const).map((when) => ({ value: layer[when], text: sizeText(layer, when) })),
      { value: shareLeft(layer), text: asPercent(shareLeft(layer)) },
    ]),
  };
}

function sizeText({ of, headWidth, ...counts }: CompactedLayer, when: "before" | "after"): string {
  const count = countText(asCount(counts[when]), of);
  return headWidth === undefined ? count : l10n.t("{0}, {1} wide", count, asCount(headWidth[when]));
}

/** Of its units; of heads, of all their columns. */
function shareLeft({ before, after, headWidth: width }: CompactedLayer): number {
  const all = before * (width?.before ?? 1);
  return all === 0 ? 1 : (after * (width?.after ?? 1)) / all;
}
