/** Training in this very process: for debugging, and where no process may be started. It ends with this process. */
import { appendFileSync } from "node:fs";
import nodeModule from "node:module";
import { messageOf, WhittleError } from "../protocol/errors.ts";
import { type Run, trainerLogPath } from "../runs/files/layout.ts";
import type { SpawnOptions, TrainerExit, TrainerProcess } from "./spawn.ts";

type HostOptions = Pick<SpawnOptions, "trainerFile" | "env">;
type TrainHosted = (dir: string, note: (line: string) => void) => Promise<number>;

/** Loads the training program, which takes a second, and trains; this process gets its turns between the steps. */
export function hostTrainer(run: Run, { trainerFile, env = {} }: HostOptions): TrainerProcess {
  Object.assign(process.env, env);
  return { pid: process.pid, exited: train(run, trainerFile), isHosted: true };
}

async function train(run: Run, trainerFile: string): Promise<TrainerExit> {
  const note = (line: string): void => {
    try {
      appendFileSync(trainerLogPath(run), `${line}\n`);
    } catch {
      // A full disk, or a deleted folder: the run itself fails of it and says so.
    }
  };
  try {
    // After whoever waits has got the run.
    await new Promise((resolve) => setImmediate(resolve));
    const code = await loadTrainer(trainerFile)(run.dir, note);
    return { code, signal: null };
  } catch (error) {
    note(error instanceof WhittleError ? `${error.message}\n${error.remedy}` : messageOf(error));
    return { code: 1, signal: null };
  }
}

function loadTrainer(trainerFile: string): TrainHosted {
  const loaded: unknown = nodeModule.createRequire(trainerFile)(trainerFile);
  if (typeof loaded === "object" && loaded !== null && "trainHosted" in loaded) {
    return loaded.trainHosted as TrainHosted;
  }
  throw new WhittleError(`${trainerFile} is not the training program.`, { remedy: "Install Whittle again." });
}
