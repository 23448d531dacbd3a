/** The rows of a chart of layers: each weight tensor, or those of many layers folded by block. */
import * as l10n from "@vscode/l10n";
import type { LayerSummary } from "../../protocol/run.ts";
import { type Block, blocksOf } from "./layerNames.ts";

/** More rows than this are folded until the user wants them. */
const MOST_ROWS = 24;

/** `blocks`: a row for each; `all`: a row for each tensor; else the name of the block that is open. */
export type Fold = string;
export const BLOCKS: Fold = "blocks";
export const ALL: Fold = "all";

/** What can be chosen; empty where there is nothing to fold. */
export function foldChoices(names: readonly string[]): readonly (readonly [fold: Fold, text: string])[] {
  const blocks = blocksOf(names);
  if (blocks.length === names.length) {
    return [];
  }
  return [
    [BLOCKS, l10n.t("Blocks ({0})", blocks.length)],
    [ALL, l10n.t("All layers ({0})", names.length)],
    ...blocks
      .filter(({ from, to }) => to - from > 1)
      .map(({ name, from, to }) => [`${name}/${from}`, `${name} (${to - from})`] as const),
  ];
}

export function defaultFold(names: readonly string[]): Fold {
  return names.length > MOST_ROWS && foldChoices(names).length > 0 ? BLOCKS : ALL;
}

/** Members of the rows to be shown: one where a row is a tensor, more where it is a block. */
export function rowsOf(names: readonly string[], fold: Fold): readonly Block[] {
  const each = (from: number, to: number): Block[] =>
    names.slice(from, to).map((name, index) => ({ name, from: from + index, to: from + index + 1 }));
  if (fold === ALL) {
    return each(0, names.length);
  }
  return blocksOf(names).flatMap((block) =>
    fold === `${block.name}/${block.from}` || block.to - block.from === 1 ? each(block.from, block.to) : [block],
  );
}

/** The layers of a row as one: by weights; units only where all are of a kind. */
export function sumLayers(name: string, layers: readonly LayerSummary[]): LayerSummary {
  const [first] = layers;
  if (first !== undefined && layers.length === 1) {
    return first;
  }
  const sum = (of: (layer: LayerSummary) => number): number => layers.reduce((all, layer) => all + of(layer), 0);
  const [total, remaining] = [sum((layer) => layer.total), sum((layer) => layer.remaining)];
  const word = first?.units?.of;
  const areAlike = word !== undefined && layers.every(({ units }) => units?.of === word);
  return {
    name,
    shape: [],
    total,
    remaining,
    sparsity: total === 0 ? 0 : 1 - remaining / total,
    ...(areAlike
      ? {
          units: { count: sum(({ units }) => units?.count ?? 0), stride: 1, of: word },
          unitsAlive: sum(({ unitsAlive }) => unitsAlive ?? 0),
        }
      : {}),
  };
}
