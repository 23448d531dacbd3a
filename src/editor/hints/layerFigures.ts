/** What a run did to one layer, in words. No editor in here. */
import * as l10n from "@vscode/l10n";
import { asCount, asPercent } from "../../protocol/figures.ts";
import type { LayerSummary } from "../../protocol/run.ts";
import type { UnitWord } from "../../protocol/units.ts";
import { countText } from "../../protocol/unitTexts.ts";
import type { LayerPoint } from "../runs/runDetails.ts";

export interface LayerFigures {
  readonly total: number;
  readonly remaining: number;
  /** 0..1 */
  readonly sparsity: number;
  readonly units?: { readonly count: number; readonly alive: number; readonly of: UnitWord };
  /** Nothing that comes in goes out: the network's result no longer depends on its input through this layer. */
  readonly isCollapsed: boolean;
}

/** Of all prunable tensors of a layer, in its order: what the last one feeds is what the layer gives out. */
export function sumFigures(tensors: readonly LayerSummary[]): LayerFigures {
  const total = tensors.reduce((sum, each) => sum + each.total, 0);
  const remaining = tensors.reduce((sum, each) => sum + each.remaining, 0);
  const sparsity = total === 0 ? 0 : 1 - remaining / total;
  const last = tensors.findLast((each) => each.units !== undefined);
  const { units, unitsAlive: alive } =
    tensors.find((each) => each.units?.of === last?.units?.of && each.units?.count === last?.units?.count) ?? {};
  return {
    total,
    remaining,
    sparsity,
    ...(units === undefined || alive === undefined ? {} : { units: { count: units.count, alive, of: units.of } }),
    isCollapsed: total > 0 && (remaining === 0 || tensors.some((each) => each.carriesInput && each.remaining === 0)),
  };
}

/** `97.9 % sparse · 181/300 units alive`: within the 43 characters that the editor shows of a hint. */
export function describeFigures({ sparsity, units, isCollapsed }: LayerFigures): string {
  if (isCollapsed) {
    return l10n.t("collapsed: no weight left");
  }
  return units === undefined
    ? l10n.t("{0} sparse", asPercent(sparsity))
    : l10n.t("{0} sparse · {1}/{2} alive", asPercent(sparsity), units.alive, countText(String(units.count), units.of));
}

/**
 * Of all layers that a call made, a loop's say: `3 layers · 91.2 % to 97.9 % sparse`; of one, its own figures.
 * @param made the tensors of each
 */
export function describeMade(made: readonly (readonly LayerSummary[])[]): string {
  const all = made.map(sumFigures);
  const [first] = all;
  if (first !== undefined && all.length === 1) {
    return describeFigures(first);
  }
  const collapsed = all.filter(({ isCollapsed }) => isCollapsed).length;
  if (collapsed > 0) {
    return l10n.t("{0} of {1} layers collapsed", collapsed, all.length);
  }
  const sparsities = all.map(({ sparsity }) => sparsity);
  const [least, most] = [asPercent(Math.min(...sparsities)), asPercent(Math.max(...sparsities))];
  return least === most
    ? l10n.t("{0} layers · {1} sparse", all.length, least)
    : l10n.t("{0} layers · {1} to {2} sparse", all.length, least, most);
}

/** `4,940 of 235,200 weights left` */
export function describeWeights({ remaining, total }: LayerFigures): string {
  return l10n.t("{0} of {1} weights left", asCount(remaining), asCount(total));
}

/** Sparsity of the tensors together after each epoch, 0..1, oldest first. */
export function collectHistory(history: readonly LayerPoint[], tensors: readonly LayerSummary[]): readonly number[] {
  const names = new Set(tensors.map((tensor) => tensor.name));
  return history.map(({ layers }) => sumFigures(layers.filter((layer) => names.has(layer.name))).sparsity);
}

const LEVELS = "▁▂▃▄▅▆▇█";

/**
 * Values 0..1 as a line of blocks, the lowest 0, the highest 1: the scale is the same for every layer.
 * @param width most characters; longer series are thinned, the last value always kept
 */
export function drawSparkline(values: readonly number[], width: number): string {
  const count = Math.min(width, values.length);
  return Array.from({ length: count }, (_, index) => {
    const at = count === 1 ? values.length - 1 : Math.round((index * (values.length - 1)) / (count - 1));
    const level = Math.round((values[at] ?? 0) * (LEVELS.length - 1));
    return LEVELS[Math.min(LEVELS.length - 1, Math.max(0, level))];
  }).join("");
}
