/** What reaches the user: lines or, with --json, exactly one document on standard output; errors on standard error. */
import { WhittleError } from "../protocol/errors.ts";
import type { ErrorRecord } from "../protocol/run.ts";
import { EXIT, type ExitCode } from "./exitCodes.ts";
import { createStyle } from "./style.ts";

export function printLine(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** The document of --json; each command prints one, at its end. */
export function printDocument(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** A remark that is no result, so it stays out of standard output with --json. */
export function printNote(line: string): void {
  process.stderr.write(`${line}\n`);
}

export type Problem = Pick<ErrorRecord, "message" | "remedy" | "kind" | "stack">;

/** Any thrown thing as a problem. One that is no WhittleError is a defect of ours, and says so. */
export function asProblem(error: unknown): Problem {
  if (error instanceof WhittleError) {
    return { message: error.message, remedy: error.remedy, kind: error.kind, stack: stackWithCauses(error) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    message: `Unexpected error: ${message}`,
    remedy: "This is a defect of Whittle. Run the command again with --verbose and report what it prints.",
    kind: "failed",
    stack: stackWithCauses(error),
  };
}

/** Prints the problem for people on standard error. */
export function printProblem(problem: Problem, verbose: boolean): void {
  const style = createStyle(process.stderr);
  printNote(`${style.red("Error:")} ${withoutControls(problem.message)}`);
  printNote(`  ${withoutControls(problem.remedy)}`);
  if (verbose && problem.stack !== undefined) {
    printNote(style.dim(problem.stack));
  }
}

/** Names out of files are part of messages: what would steer the terminal becomes a blank. Line breaks stay. */
export function withoutControls(text: string): string {
  return text.replace(/[^\P{Cc}\n]|\p{Cf}/gu, " ");
}

/** What --json shows of a problem. */
export function problemDocument(problem: Problem): { message: string; remedy: string } {
  return { message: problem.message, remedy: problem.remedy };
}

export function exitCodeOf(problem: Problem): ExitCode {
  return problem.kind === "usage" ? EXIT.usage : EXIT.failed;
}

function stackWithCauses(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by ${stackWithCauses(error.cause)}`;
}
