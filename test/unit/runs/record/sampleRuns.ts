/** Runs in a temporary folder that goes away with the test. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NewEvent } from "../../../../src/protocol/events.ts";
import type { RunPlan } from "../../../../src/protocol/run.ts";

export const samplePlan: RunPlan = { modelFile: "/models/lenet.model.ts", exportName: "lenet300", overrides: {} };

/** Makes a new folder before each test of the suite; call inside `describe`. */
export function useFolder(): () => string {
  let folder = "";
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "whittle-test-")));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return () => folder;
}

export function stepEvent(step: number): NewEvent {
  return { type: "step", phase: "train", epoch: 1, step, stepsPerEpoch: 1000, loss: 1 / (step + 1) };
}
