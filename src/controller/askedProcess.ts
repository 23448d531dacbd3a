/**
 * A training process that is asked something in place of training: it runs the model file's code, which no other program of ours
 * does, and answers over a channel.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { WhittleError } from "../protocol/errors.ts";
import type { ErrorRecord } from "../protocol/run.ts";

/** Characters of what the process printed that an error shows. */
const SHOWN = 2000;

export interface AskOptions {
  /** The program, e.g. `dist/trainer.cjs`. */
  readonly trainerFile: string;
  /** Variables to add to this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Told what a user should know. */
  readonly onNote: (line: string) => void;
}

export interface AskedProcess {
  readonly child: ChildProcess;
  /** When it has ended: the error for whoever still waits for an answer. */
  readonly ended: Promise<Error>;
}

/** @param args e.g. `["--export", job]` */
export function startAsked(args: readonly string[], { trainerFile, env = {} }: AskOptions): AskedProcess {
  const child = spawn(process.execPath, [trainerFile, ...args], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    windowsHide: true,
    // In VS Code this runtime is Electron; the variable makes it Node.
    env: { ...process.env, ...env, ELECTRON_RUN_AS_NODE: "1" },
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      printed = (printed + text).slice(-SHOWN);
    });
  }
  const ended = new Promise<Error>((resolve) => {
    child.once("error", resolve);
    child.once("close", (code, signal) => resolve(explainEnd(signal ?? `code ${code}`, printed)));
  });
  return { child, ended };
}

const explainEnd = (end: string, printed: string): WhittleError =>
  new WhittleError(`The training process ended with ${end} and no answer. ${printed.trim()}`, {
    remedy: "Check with whittle doctor that its engine is usable; or report this as a defect of Whittle.",
  });

export const asError = ({ message, remedy, kind, stack }: ErrorRecord): WhittleError =>
  new WhittleError(message, { remedy, kind, cause: stack });
