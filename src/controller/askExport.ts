/** Export jobs, in a training process of their own: it runs the model file's code, which no other program of ours does. */
import { spawn } from "node:child_process";
import { WhittleError } from "../protocol/errors.ts";
import { type ExportJob, type ExportReport, exportMessageSchema } from "../protocol/modelExport.ts";

/** Characters of what the process printed that an error shows. */
const SHOWN = 2000;

export interface AskOptions {
  /** The program, e.g. `dist/trainer.cjs`. */
  readonly trainerFile: string;
  /** Told what a user should know. */
  readonly onNote: (line: string) => void;
}

type Answer = { readonly report: ExportReport } | { readonly error: Error } | undefined;

/** @throws WhittleError as the process says; or that it ended without an answer, and what it printed */
export async function askExport(job: ExportJob, { trainerFile, onNote }: AskOptions): Promise<ExportReport> {
  const child = spawn(process.execPath, [trainerFile, "--export", JSON.stringify(job)], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    windowsHide: true,
    // In VS Code this runtime is Electron; the variable makes it Node.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      printed = (printed + text).slice(-SHOWN);
    });
  }
  let answer: Answer;
  child.on("message", (message) => {
    const said = exportMessageSchema.parse(message);
    if ("note" in said) onNote(said.note);
    else if ("report" in said) answer = said;
    else answer = { error: new WhittleError(said.error.message, { ...said.error, cause: said.error.stack }) };
  });
  const end = await new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(signal ?? `code ${code}`));
  });
  if (answer === undefined) {
    throw new WhittleError(`The training process ended with ${end} and no answer. ${printed.trim()}`, {
      remedy: "Check with whittle doctor that its engine is usable; or report this as a defect of Whittle.",
    });
  }
  if ("error" in answer) throw answer.error;
  return answer.report;
}
