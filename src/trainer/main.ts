/**
 * The training process: `trainer <run folder>` trains or resumes one run, `trainer --check-engine <name>` tries an engine
 * whose crash would end the process, `trainer --export <job>` shows, writes or checks the model of a run, which takes the model
 * file's code, `trainer --write <job>` writes for texts that it is asked about; both answer over the channel that they were started
 * with. Exit codes: 0 done, 1 failed, 2 wrong usage, 74 failed
 * and nowhere to write it down, 130 stopped. Loaded by another program it only offers `trainHosted`.
 */
import { existsSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import { codeFile, isBundled } from "../engine/install/bundle.ts";
import { runEngineCheck } from "../engine/install/check.ts";
import { messageOf, WhittleError } from "../protocol/errors.ts";
import { openRun } from "../runs/record/store.ts";
import { answerExport } from "./answerExport.ts";
import { answerWriting } from "./answerWriting.ts";
import { EXIT, trainRun } from "./train.ts";

/** Trains in the process of the caller, which gets its turns between the steps. @returns the exit code */
export async function trainHosted(dir: string, note: (line: string) => void): Promise<number> {
  try {
    return await trainRun(await openRun(dir), { note, shared: true });
  } catch (error) {
    return sayWhy(error, note);
  }
}

async function main(args: readonly string[]): Promise<number> {
  const [first, second] = args;
  if (first === "--check-engine" && second !== undefined) {
    await runEngineCheck(second);
    return EXIT.done;
  }
  if (first === "--export" && second !== undefined) return answerExport(second);
  if (first === "--write" && second !== undefined) return answerWriting(second);
  if (first === undefined) {
    console.error("Usage: trainer <run folder> | trainer --check-engine|--export|--write <what>");
    return EXIT.usage;
  }
  return trainRun(await openRun(resolve(first)), {
    note: (line) => console.log(line),
    shared: false,
    onSteering(helm) {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => helm.set("stop"));
    },
  });
}

function sayWhy(error: unknown, note: (line: string) => void): number {
  const remedy = error instanceof WhittleError ? `\n${error.remedy}` : "";
  note(`${messageOf(error)}${remedy}`);
  return error instanceof WhittleError && error.kind === "usage" ? EXIT.usage : EXIT.failed;
}

/** An editor's extension host, for one, has no program of its own among its arguments. */
function isProgram(): boolean {
  const [, program] = process.argv;
  return !isBundled() || (program !== undefined && existsSync(program) && realpathSync(program) === codeFile());
}

if (isProgram()) {
  main(process.argv.slice(2))
    .catch((error: unknown) => sayWhy(error, console.error))
    // Handles of a library must not keep a finished training process alive.
    .then((code) => process.exit(code));
}
