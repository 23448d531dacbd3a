/**
 * Learning rate within a phase. Dense training and fine-tuning follow the schedule from its start (a warm restart at each
 * phase, as in SGDR, arXiv 1608.03983); recovery between prunings keeps the full rate by default, so that the step λ·W·I
 * of the regularization never outweighs learning (the failure of falling rates that LOBSTER's newest schedule shows).
 */
import type { Phase } from "../protocol/events.ts";
import type { OptimizerSettings } from "../protocol/settings.ts";

/** @param progress part of the phase that is over, 0..1 */
export function learningRateAt(settings: OptimizerSettings, phase: Phase, progress: number): number {
  const schedule = phase === "recover" ? settings.recoverSchedule : settings.schedule;
  if (schedule === "constant") return settings.learningRate;
  return settings.learningRate * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress)));
}
