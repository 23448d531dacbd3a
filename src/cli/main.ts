/**
 * `whittle`: the same training and the same runs as in the editor, from a terminal. Exit codes: 0 done, 1 failed, 2 wrong
 * usage, 130 stopped.
 */
import { CommanderError } from "commander";
import { usageError } from "../protocol/errors.ts";
import { EXIT } from "./exitCodes.ts";
import { asProblem, exitCodeOf, printDocument, printProblem, problemDocument } from "./output.ts";
import { createProgram } from "./program.ts";

async function main(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === EXIT.done) {
      // Help or version, which commander has printed.
      return;
    }
    const problem = asProblem(error instanceof CommanderError ? asUsageError(error) : error);
    printProblem(problem, argv.includes("--verbose"));
    if (argv.includes("--json")) {
      printDocument({ status: "failed", error: problemDocument(problem) });
    }
    process.exitCode = exitCodeOf(problem);
  }
}

/** Commander's message, e.g. `error: unknown option '--sed'\n(Did you mean --seed?)`. */
function asUsageError(error: CommanderError): unknown {
  const [message = "", ...hints] = error.message.replace(/^error: /, "").split("\n");
  return usageError(
    message === "(outputHelp)" ? "No command is given." : message,
    [...hints, "whittle --help lists the commands, whittle <command> --help its options."].join(" "),
  );
}

// The reader of a pipe may leave early (`whittle list | head`).
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

await main(process.argv);
