/**
 * Learning rate within a phase. Dense training and fine-tuning follow the schedule from its start (a warm restart at each
 * phase, as in SGDR, arXiv 1608.03983); recovery between prunings keeps the full rate by default, so that the step λ·W·I
 * of the regularization never outweighs learning (the failure of falling rates that LOBSTER's newest schedule shows).
 */
import type { Phase } from "../protocol/events.ts";
import type { OptimizerSettings, RateSchedule } from "../protocol/settings.ts";

/** Where `inverseRoot` leaves the full rate without a warm-up: part of the phase. */
const SHORTEST_WARM_UP = 0.01;

/** What `plateau` lowers the rate by. */
const DROP = 0.1;

/**
 * Part of the full rate at `progress` of what follows the warm-up, 0..1, which took `warmUp` of the phase; `drops` as in
 * plateau.ts.
 */
const SCHEDULES: Readonly<Record<RateSchedule, (progress: number, warmUp: number, drops: number) => number>> = {
  constant: () => 1,
  cosine: (progress) => 0.5 * (1 + Math.cos(Math.PI * progress)),
  linear: (progress) => 1 - progress,
  /** As ResNets are trained on CIFAR (arXiv 1512.03385). */
  step: (progress) => (progress < 0.5 ? 1 : progress < 0.75 ? 0.1 : 0.01),
  /** As the transformer is trained (arXiv 1706.03762): the root of the warm-up's steps over that of all steps. */
  inverseRoot(progress, warmUp) {
    const first = Math.max(warmUp, SHORTEST_WARM_UP);
    return Math.min(1, Math.sqrt(first / (warmUp + progress * (1 - warmUp) + (first - warmUp))));
  },
  plateau: (_progress, _warmUp, drops) => DROP ** drops,
};

/**
 * @param progress part of the phase that is over, 0..1
 * @param drops how often the validation loss has stood still, see plateau.ts
 */
export function learningRateAt(settings: OptimizerSettings, phase: Phase, progress: number, drops: number): number {
  const isRecovery = phase === "recover";
  const warmUp = isRecovery ? 0 : settings.warmUp;
  const part = Math.min(1, progress);
  if (part < warmUp) return (settings.learningRate * part) / warmUp;
  const schedule = SCHEDULES[isRecovery ? settings.recoverSchedule : settings.schedule];
  return settings.learningRate * schedule((part - warmUp) / (1 - warmUp), warmUp, drops);
}
