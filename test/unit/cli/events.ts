/** Events for tests of what the command line makes of them. */
import type { NewEvent, RunEvent } from "../../../src/protocol/events.ts";
import type { LayerSummary } from "../../../src/protocol/run.ts";

export function layer(name: string, total: number, remaining: number): LayerSummary {
  return {
    name,
    shape: [total],
    total,
    remaining,
    sparsity: 1 - remaining / total,
    units: { count: 1, stride: 1, of: "units" },
    unitsAlive: 1,
  };
}

/** Numbers them from 1. */
export function numbered(...events: readonly NewEvent[]): RunEvent[] {
  return events.map((event, index) => ({ seq: index + 1, time: 1000 * index, ...event }));
}

export const MODEL: NewEvent = {
  type: "model",
  layers: [layer("hidden/kernel", 1000, 1000), layer("output/kernel", 100, 100)],
  params: 1120,
  metric: "accuracy",
};

export function epoch(number: number, seconds: number, remaining: number[] = [1000, 100]): NewEvent {
  return {
    type: "epoch",
    phase: "train",
    epoch: number,
    epochsPlanned: 10,
    learningRate: 0.001,
    lambda: 0,
    loss: 0.5,
    validation: { loss: 0.25, metric: 0.975 },
    sparsity: 1 - remaining.reduce((sum, count) => sum + count, 0) / 1100,
    remaining,
    unitsAlive: [1, 1],
    seconds,
  };
}

export function step(number: number): NewEvent {
  return { type: "step", phase: "train", epoch: 3, step: number, stepsPerEpoch: 4, loss: 0.125 };
}
