import type { Preset } from "./preset.ts";

/** What the study of docs/method.md finds best at 99 % and 99.5 % sparsity: momentum, and relevance read from movement. */
export const whittle: Preset = {
  optimizer: { name: "momentum", learningRate: 0.1, momentum: 0.9, schedule: "cosine", recoverSchedule: "constant" },
  pruning: {
    criterion: "magnitude",
    threshold: "global",
    method: "irrelevance",
    coupling: "decoupled",
    lambda: 1.35e-3,
    decay: "none",
    scale: "mean",
    signal: "movement",
    average: 0.95,
    floor: 0,
  },
};
