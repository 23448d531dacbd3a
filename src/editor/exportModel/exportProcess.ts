/** The process that exports: it runs the model file, which the host does not. No editor in here. */
import { dirname } from "node:path";
import {
  type ExportPreview,
  type ExportWritten,
  type ModelFormat,
  previewSchema,
  writtenSchema,
} from "../../protocol/modelExport.ts";
import type { Run } from "../../runs/files/layout.ts";
import type { CliProgram, CliRunOptions } from "../setUp/cliProgram.ts";

const argumentsFor = (run: Run): readonly string[] => ["export", run.id, "--runs-dir", dirname(run.dir), "--json"];

/** What would be written. @throws WhittleError as the command says; the reason of `signal` when cancelled */
export async function previewExport(cli: CliProgram, run: Run, options: CliRunOptions): Promise<ExportPreview> {
  return previewSchema.parse(JSON.parse(await cli.run(argumentsFor(run), options)));
}

export interface ExportTarget {
  readonly format: ModelFormat;
  /** Absolute; what is there is replaced. */
  readonly out: string;
}

/** @throws WhittleError as the command says; the reason of `signal` when cancelled */
export async function writeExport(
  cli: CliProgram,
  run: Run,
  { format, out }: ExportTarget,
  options: CliRunOptions,
): Promise<ExportWritten> {
  const args = [...argumentsFor(run), "--to", format, "--out", out, "--force"];
  return writtenSchema.parse(JSON.parse(await cli.run(args, options)));
}
