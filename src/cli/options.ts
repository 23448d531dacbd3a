/** Options that several commands share. */
import { type Command, InvalidArgumentError } from "commander";
import type { Run } from "../runs/files/layout.ts";
import { defaultRunsDir } from "../runs/files/runsDir.ts";
import { findRun } from "../runs/record/store.ts";

export interface CommonOptions {
  readonly runsDir?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

export interface DetachOptions {
  readonly detach?: boolean;
}

/** `--json` and `--verbose`, which every command has. */
export function addOutputOptions(command: Command): Command {
  return command
    .option("--json", "print exactly one JSON document, at the end, and nothing else on standard output")
    .option("--verbose", "show stack traces of errors");
}

/** The options of commands that deal with runs. */
export function addRunOptions(command: Command): Command {
  return addOutputOptions(command.option("--runs-dir <dir>", "folder of the runs (default: .whittle/runs)"));
}

export function runsDirOf(options: CommonOptions): string {
  return options.runsDir ?? defaultRunsDir(process.cwd());
}

export function findRunOf(id: string, options: CommonOptions): Promise<Run> {
  return findRun(runsDirOf(options), id);
}

/** A whole number as commander wants its parsers. */
export function parseWhole(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < 0 || value >= 2 ** 31) {
    throw new InvalidArgumentError("It must be a whole number from 0 to 2147483647.");
  }
  return value;
}

/** For options that may be given several times. */
export function appendValue(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
