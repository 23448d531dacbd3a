import type { Preset } from "./preset.ts";

/**
 * As the public code of LOBSTER (arXiv 2011.09905) for LeNet-300-100: plain SGD, λ of every step beside it, a search at each
 * plateau. It differs in what our loop does not repeat: a threshold that was not tested, and a bound that compounds.
 */
export const lobster: Preset = {
  optimizer: { name: "sgd", learningRate: 0.1, schedule: "constant", recoverSchedule: "constant" },
  pruning: {
    schedule: "search",
    criterion: "magnitude",
    threshold: "global",
    method: "lobster",
    coupling: "decoupled",
    lambda: 1e-4,
    decay: "none",
    layers: ["***"],
    interval: 0,
    patience: 5,
    minDelta: 0,
    tolerance: 0.05,
    finetuneEpochs: 0,
  },
};
