/** The masks of a network under training: what they leave, and which weights would go next. */
import type { LayerSummary } from "../protocol/run.ts";
import type { PruningSettings } from "../protocol/settings.ts";
import { pruneLowestGroups, rankGroups } from "../pruning/groupMasks.ts";
import {
  type MaskedWeights,
  type Pruning,
  pruneLowest,
  rankWeights,
  scoreWeights,
  sparsityOf,
  summarizeLayers,
} from "../pruning/masks.ts";
import type { Update } from "../pruning/update.ts";
import type { Network } from "./network.ts";
import { maskedWeights } from "./snapshot.ts";

type ThresholdKind = PruningSettings["threshold"];
type Masks = ReadonlyMap<string, Float32Array>;

export interface Trial {
  /** The smallest score that would survive. */
  readonly threshold: number;
  readonly sparsity: number;
  readonly masks: Masks;
}

export class Masking {
  private readonly current = new Map<string, Float32Array>();
  /** By the scores of surviving weights as a search finds them. */
  private prunings: ((fraction: number) => Pruning) | undefined;

  constructor(
    private readonly network: Network,
    private readonly update: Update,
    private readonly kind: ThresholdKind,
  ) {
    for (const { name, variable } of this.prunable()) this.current.set(name, new Float32Array(variable.size).fill(1));
  }

  /** By weight name: 1 keeps, 0 prunes. */
  get masks(): Masks {
    return this.current;
  }

  set(name: string, mask: Float32Array): void {
    this.current.set(name, mask);
    this.update.setMask(name, mask);
  }

  weights(): MaskedWeights[] {
    return maskedWeights(this.network, this.current);
  }

  summaries(): LayerSummary[] {
    return this.summariesOf(this.current);
  }

  /** Of the whole model: weights that are never pruned too. */
  countParameters(): { readonly total: number; readonly remaining: number } {
    const total = this.network.parameters.reduce((sum, { variable }) => sum + variable.size, 0);
    const pruned = this.summaries().reduce((sum, layer) => sum + layer.total - layer.remaining, 0);
    return { total, remaining: total - pruned };
  }

  /** What is left where `fraction` of the surviving weights goes too. The ranking of one probe serves the next. */
  probe(fraction: number): Trial {
    this.prunings ??= this.rank();
    const { threshold, masks } = this.prunings(fraction);
    const trial = this.byName(masks);
    return { threshold, masks: trial, sparsity: sparsityOf(this.summariesOf(trial)) };
  }

  /** @returns the smallest score that survived */
  prune(fraction: number): number {
    const { threshold, masks } = this.rank()(fraction);
    for (const [name, mask] of this.byName(masks)) this.set(name, mask);
    return threshold;
  }

  /** To be called when the search is over: weights change, and their scores with them. */
  forgetRanking(): void {
    this.prunings = undefined;
  }

  /** Of all fractions, by the scores of the weights as they stand. */
  private rank(): (fraction: number) => Pruning {
    const masks = this.prunable().map(({ name }) => ({ mask: this.maskOf(name) }));
    const grouped = this.prunable().flatMap(({ name, groups, reads }) =>
      groups === undefined ? [] : [{ mask: this.maskOf(name), groups, reads }],
    );
    if (grouped.length > 0) {
      const ranking = rankGroups(grouped, this.scores(scoreWeights));
      return (fraction) => pruneLowestGroups(grouped, ranking, fraction);
    }
    const ranking = this.scores(rankWeights);
    return (fraction) => pruneLowest(masks, ranking, fraction);
  }

  /** A method of its own, so that a ranking keeps no weights in memory. */
  private scores<T>(by: (layers: readonly MaskedWeights[], importance: Float32Array[], kind: ThresholdKind) => T): T {
    const layers = this.weights();
    const importance = this.update.importance();
    const values = layers.map(({ name, mask }) => importance.get(name) ?? new Float32Array(mask.length));
    return by(layers, values, this.kind);
  }

  private maskOf(name: string): Float32Array {
    const mask = this.current.get(name);
    if (mask === undefined) throw new Error(`no mask for ${name}`);
    return mask;
  }

  /** @param masks of the prunable parameters, in their order */
  private byName(masks: readonly Float32Array[]): Masks {
    return new Map(
      this.prunable().flatMap(({ name }, index) => {
        const mask = masks[index];
        return mask === undefined ? [] : [[name, mask] as const];
      }),
    );
  }

  private prunable() {
    return this.network.parameters.filter((parameter) => parameter.prunable);
  }

  private summariesOf(masks: Masks): LayerSummary[] {
    return summarizeLayers(
      this.prunable().map(({ name, variable, role }) => {
        return { name, shape: variable.shape, mask: masks.get(name) ?? new Float32Array(0), role };
      }),
    );
  }
}
