/** What is done between two steps for whoever steers the run. */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { WhittleError } from "../protocol/errors.ts";
import type { Run } from "../runs/files/layout.ts";
import type { CheckpointKind } from "./ports.ts";
import type { Steering } from "./steering.ts";

/** Milliseconds between two looks whether a paused run is still there. */
const PAUSE_CHECK_MS = 2000;

interface Means {
  save(kind: CheckpointKind): void;
  setState(state: "running" | "paused"): Promise<void>;
}

/**
 * Saves where that is asked for; while the run is paused, returns when it goes on.
 * @throws WhittleError when the run's folder is deleted meanwhile
 */
export async function heedSteering(
  run: Run,
  steering: Steering,
  { save, setState }: Means,
): Promise<"go on" | "stop" | "prune"> {
  let isPruneAsked = false;
  const takeRequests = (): void => {
    const requests = steering.takeRequests();
    if (requests.has("save")) save("kept");
    isPruneAsked ||= requests.has("prune");
  };
  takeRequests();
  if (steering.wish === "pause") {
    save("latest");
    await setState("paused");
    while (steering.wish === "pause") {
      await Promise.race([steering.changed(), sleep(PAUSE_CHECK_MS, undefined, { ref: false })]);
      // Nobody could wake a process whose run is gone.
      if (!existsSync(run.dir)) {
        throw new WhittleError(`${run.dir} was deleted while the run was paused`, { remedy: "Start a new run." });
      }
      takeRequests();
    }
    if (steering.wish === "go on") await setState("running");
  }
  if (steering.wish === "stop") return "stop";
  return isPruneAsked ? "prune" : "go on";
}
