import type { Preset } from "./preset.ts";

/**
 * As the authors' code of arXiv 2204.04977 trains (its language experiments): γ·Σ W²·exp(−|∂L/∂W| / α) over every trainable
 * parameter, added to the loss, through Adam, under a cosine; a tenth of what remains is pruned whenever an evaluation
 * meets the bound. Interval, bound and budget are the task's own. The learning rate there is 1e-4 to 1e-3.
 */
export const paper: Preset = {
  optimizer: {
    name: "adam",
    learningRate: 0.001,
    momentum: 0.85,
    decay: 0.997,
    epsilon: 1e-8,
    recoverSchedule: "cosine",
  },
  pruning: {
    schedule: "fraction",
    fraction: 0.1,
    criterion: "magnitude",
    threshold: "global",
    method: "irrelevance",
    coupling: "optimizer",
    gamma: 1e-5,
    decay: "none",
    scale: "alpha",
    alpha: 1,
    signal: "gradient",
    average: 0,
    floor: 0,
    layers: ["***"],
    interval: 1,
  },
};
