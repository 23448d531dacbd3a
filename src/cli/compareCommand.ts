/** `whittle compare`: the figures of the editor's comparison panel, in the terminal. */
import type { ExportFormat } from "../protocol/comparison.ts";
import { usageError } from "../protocol/errors.ts";
import { compareRuns, loadCompareInput } from "../runs/compare/compare.ts";
import { describeCaveats } from "../runs/compare/compareCaveats.ts";
import { exportComparison } from "../runs/compare/compareExports.ts";
import { comparisonTables } from "../runs/compare/compareTable.ts";
import { type CommonOptions, findRunOf } from "./options.ts";
import { printDocument, printLine } from "./output.ts";
import { plainTable } from "./report.ts";
import { createStyle } from "./style.ts";

export async function compareIds(
  ids: readonly string[],
  options: CommonOptions & { readonly format?: ExportFormat },
): Promise<void> {
  if (options.json && options.format !== undefined) {
    throw usageError("--json and --format exclude each other.", "Leave one of them out.");
  }
  const runs = await Promise.all(ids.map((id) => findRunOf(id, options)));
  const distinct = [...new Map(runs.map((run) => [run.dir, run])).values()];
  const inputs = await Promise.all(distinct.map(loadCompareInput));
  const comparison = compareRuns(inputs);
  if (options.json) {
    printDocument({ ...comparison, curves: inputs.map(({ run, trace }) => trace.curve(run.id)) });
    return;
  }
  if (options.format !== undefined) {
    process.stdout.write(exportComparison(comparison, options.format));
    return;
  }
  const style = createStyle(process.stdout);
  for (const { title, head, align, rows } of comparisonTables(comparison)) {
    const table = plainTable([...head], [...align]);
    table.push(...rows.map((row) => [...row]));
    printLine(style.bold(title));
    printLine(`${table.toString()}\n`);
  }
  for (const caveat of describeCaveats(comparison)) {
    printLine(style.yellow(caveat));
  }
}
