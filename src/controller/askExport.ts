/** Export jobs, each in a training process of its own. */
import { type ExportJob, type ExportReport, exportMessageSchema } from "../protocol/modelExport.ts";
import { type AskOptions, asError, startAsked } from "./askedProcess.ts";

type Answer = { readonly report: ExportReport } | { readonly error: Error } | undefined;

/** @throws WhittleError as the process says; or that it ended without an answer, and what it printed */
export async function askExport(job: ExportJob, options: AskOptions): Promise<ExportReport> {
  const { child, ended } = startAsked(["--export", JSON.stringify(job)], options);
  let answer: Answer;
  child.on("message", (message) => {
    const said = exportMessageSchema.parse(message);
    if ("note" in said) options.onNote(said.note);
    else if ("report" in said) answer = said;
    else answer = { error: asError(said.error) };
  });
  const end = await ended;
  if (answer === undefined) throw end;
  if ("error" in answer) throw answer.error;
  return answer.report;
}
