/** What the loop tells of itself beside its figures. */
import { WhittleError } from "../protocol/errors.ts";
import type { NewEvent, Phase } from "../protocol/events.ts";
import { countIrrelevance, countWeights } from "../pruning/histogram.ts";
import type { MaskedWeights } from "../pruning/masks.ts";

/** @param irrelevance of every weight, by layer; empty where nothing was regularized */
export function describeSpread(
  epoch: number,
  layers: readonly MaskedWeights[],
  irrelevance: ReadonlyMap<string, Float32Array>,
): NewEvent {
  const spread = layers.map(({ name, values, mask }) => {
    const { limit, counts } = countWeights(values, mask);
    const factors = irrelevance.get(name);
    const rest = factors === undefined ? {} : { irrelevance: countIrrelevance(factors, mask) };
    return { limit, weights: counts, ...rest };
  });
  return { type: "histogram", epoch, layers: spread };
}

/** Why a request to prune now comes at the wrong time. */
export function whyNotPruned(phase: Phase): string {
  switch (phase) {
    case "train":
      return "the dense reference is still being trained";
    case "search":
      return "a threshold is being searched for already";
    case "finetune":
      return "the masks are fixed while the model is fine-tuned";
    default:
      return `the phase is ${phase}`;
  }
}

/** @param epoch and step from 0 */
export function divergedAt(loss: number, epoch: number, step: number, learningRate: number): WhittleError {
  return new WhittleError(`The loss became ${loss} in epoch ${epoch + 1}, step ${step + 1}`, {
    remedy: `Lower optimizer.learningRate (it is ${learningRate}), or look for a division by zero or a logarithm of 0 in the model and loss.`,
  });
}
