/** `whittle export` and `whittle verify`: a run's model for other programs, and whether these compute the same with it. */
import { resolve } from "node:path";
import { askExport } from "../controller/askExport.ts";
import { usageError } from "../protocol/errors.ts";
import { asBytes, asCount, asFigure, asPercent } from "../protocol/figures.ts";
import {
  COMPARED_EXAMPLES,
  type ExportJob,
  type ExportPreview,
  type ExportReport,
  type ExportVerified,
  type ExportWritten,
  type ModelFormat,
} from "../protocol/modelExport.ts";
import { countText } from "../protocol/unitTexts.ts";
import { EXIT } from "./exitCodes.ts";
import { type CommonOptions, findRunOf } from "./options.ts";
import { printDocument, printLine, printNote } from "./output.ts";
import { plainTable } from "./report.ts";
import { locateTrainer } from "./trainerFile.ts";

interface ModelOptions extends CommonOptions {
  /** Build the model from the copy of its file that the run has kept. */
  readonly keptModel?: boolean;
}

export interface ExportOptions extends ModelOptions {
  readonly to?: ModelFormat;
  readonly out?: string;
  readonly force?: boolean;
}

export async function exportRun(
  id: string,
  { to, out, force = false, keptModel = false, ...options }: ExportOptions,
): Promise<void> {
  if ((to === undefined) !== (out === undefined)) {
    throw usageError(
      `--${to === undefined ? "out" : "to"} is given without --${to === undefined ? "to" : "out"}.`,
      `whittle export ${id} --to FORMAT --out PATH writes the model; without both it is shown what would be written.`,
    );
  }
  const run = await findRunOf(id, options);
  const job: ExportJob =
    to === undefined || out === undefined
      ? { task: "preview", run: run.dir, keptModel }
      : { task: "write", run: run.dir, keptModel, format: to, out: resolve(out), overwrite: force };
  show(await ask(job), options);
}

export interface VerifyOptions extends ModelOptions {
  readonly against: string;
  readonly examples?: number;
}

export async function verifyFile(
  file: string,
  { against, examples = COMPARED_EXAMPLES, keptModel = false, ...options }: VerifyOptions,
): Promise<void> {
  const run = await findRunOf(against, options);
  const report = await ask({
    task: "verify",
    run: run.dir,
    keptModel,
    file: resolve(file),
    examples: Math.max(1, examples),
  });
  if (report.task === "verify" && !report.passed) process.exitCode = EXIT.failed;
  show(report, options);
}

const ask = (job: ExportJob): Promise<ExportReport> =>
  askExport(job, { trainerFile: locateTrainer(), onNote: printNote });

function show(report: ExportReport, { json }: CommonOptions): void {
  if (json) printDocument(report);
  else printLine(describeReport(report));
}

/** For people. */
export function describeReport(report: ExportReport): string {
  switch (report.task) {
    case "preview":
      return describePreview(report);
    case "write":
      return describeWritten(report);
    case "verify":
      return describeVerified(report);
  }
}

function describePreview(preview: ExportPreview): string {
  const { parameters, bytes, flops, latency, engine } = preview;
  const sizes = plainTable(["", "dense", "pruned", "compact"], ["left", "right", "right", "right"]);
  sizes.push(
    ["weights", asCount(parameters.dense), asCount(parameters.remaining), asCount(parameters.compact)],
    ["size", asBytes(bytes.dense), "", asBytes(bytes.compact)],
    ["size, compressed", "", asBytes(bytes.prunedCompressed), asBytes(bytes.compactCompressed)],
    ...(flops === undefined ? [] : [["FLOPs", asCount(flops.dense), "", asCount(flops.compact)]]),
    ...latency.map(({ batch, dense, compact }) => [
      batch === 1 ? "one example" : `${batch} examples`,
      `${asFigure(dense)} ms`,
      "",
      `${asFigure(compact)} ms`,
    ]),
  );
  return [
    ...(preview.layers.length === 0 ? [] : [describeLayers(preview)]),
    sizes.toString(),
    ...(latency.length === 0 ? [] : [`Times are medians on this machine, ${engine} engine.`]),
  ].join("\n");
}

function describeLayers({ layers }: Pick<ExportPreview, "layers">): string {
  const table = plainTable(["layer", "kind", "units", "compact"], ["left", "left", "right", "right"]);
  for (const { name, className, of, before, after } of layers) {
    table.push([name, className, countText(asCount(before), of), asCount(after)]);
  }
  return table.toString();
}

function describeWritten({ id, format, out, bytes, parameters }: ExportWritten): string {
  const weights = format === "masks" ? parameters.remaining : parameters.compact;
  return [
    `Wrote ${out} (${format}, ${asBytes(bytes)}): ${asCount(weights)} of ${asCount(parameters.dense)} weights.`,
    `  whittle verify ${out} --against ${id}   whether it is the same network`,
  ].join("\n");
}

function describeVerified({ file, reader, examples, difference, limit, passed }: ExportVerified): string {
  const mark = passed ? "✔" : "✖";
  if (examples === undefined) {
    return `${mark} ${file} ${passed ? "has the run's masks" : `has other masks than the run: ${asPercent(difference, 2)} of them differ`}.`;
  }
  const size = `largest difference ${asFigure(difference)} of the largest output, limit ${limit.toExponential()}`;
  return `${mark} ${file}, opened by ${reader}, gives ${passed ? "the same" : "something else"} on ${asCount(examples)} test examples (${size}).`;
}
