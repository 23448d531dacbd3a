/** The last thing a training command says, and its exit code. */
import type { Run } from "../runs/files/layout.ts";
import type { Ending } from "./attend.ts";
import { EXIT } from "./exitCodes.ts";
import type { CommonOptions } from "./options.ts";
import { exitCodeOf, printDocument, printLine, printProblem, problemDocument } from "./output.ts";
import { describeResult } from "./report.ts";

export function finishTraining(run: Run, ending: Ending, { json = false, verbose = false }: CommonOptions): void {
  if (ending.status === "failed") {
    printProblem(ending.problem, verbose);
    if (json) {
      printDocument({ id: run.id, status: "failed", error: problemDocument(ending.problem) });
    }
    process.exitCode = exitCodeOf(ending.problem);
    return;
  }
  if (json) {
    printDocument(ending.result ?? { id: run.id, status: ending.status });
  } else {
    printLine();
    if (ending.result !== undefined) {
      printLine(describeResult(ending.result, ending.metric));
    }
    printLine(ending.status === "done" ? nextSteps(run, ending.metric) : `Stopped. To go on: whittle resume ${run.id}`);
  }
  process.exitCode = ending.status === "done" ? EXIT.done : EXIT.stopped;
}

function nextSteps(run: Run, metric: string): string {
  return [
    "",
    `The run lies in ${run.dir}`,
    "Next:",
    `  whittle show ${run.id}   the result again, with its settings`,
    `  whittle log ${run.id}    what happened, event by event`,
    `  whittle run <file> --set pruning.bound.maxDrop=1   sparser, if a point of ${metric} may go`,
  ].join("\n");
}
