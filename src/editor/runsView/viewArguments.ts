/** What the Runs view and its keys hand to commands, put into the words that every command takes. */
import { z } from "zod";
import type { RunRow } from "./runRows.ts";

/** What the key bindings of package.json give: the command is about what is chosen in the view. */
const fromKeySchema = z.strictObject({ from: z.literal("view") });

/**
 * A menu of the view gives the row it was opened on and all that are chosen. An experiment becomes a `StartTarget`, one run
 * its folder, several runs an array of folders. What does not come from the view is handed on as it is.
 * @param selection what is chosen in the view now
 * @param uriOf of a path, as a string
 */
export function readViewArguments(
  args: readonly unknown[],
  selection: readonly RunRow[],
  uriOf: (path: string) => string,
): unknown {
  const [first, second] = args;
  if (fromKeySchema.safeParse(first).success) {
    return describe(selection, uriOf);
  }
  if (!isRow(first)) {
    return first;
  }
  const chosen = Array.isArray(second) ? second.filter(isRow) : [];
  return describe(chosen.length > 1 && chosen.includes(first) ? chosen : [first], uriOf);
}

function describe(rows: readonly RunRow[], uriOf: (path: string) => string): unknown {
  const [first] = rows;
  if (rows.length === 1 && first?.kind === "experiment") {
    const { modelFile, exportName } = first.experiment;
    return { uri: uriOf(modelFile), exportName };
  }
  const dirs = [...new Set(rows.flatMap(dirsOf))];
  return dirs.length === 1 ? dirs[0] : dirs.length === 0 ? undefined : dirs;
}

function dirsOf(row: RunRow): readonly string[] {
  switch (row.kind) {
    case "experiment":
      return row.experiment.runs.map(({ run }) => run.dir);
    case "run":
      return [row.run.dir];
    case "unreadable":
      return [row.unreadable.run.dir];
    default:
      return row satisfies never;
  }
}

const KINDS: ReadonlySet<unknown> = new Set(["experiment", "run", "unreadable"] satisfies RunRow["kind"][]);

/** Rows are objects of ours that the editor hands back; nobody else makes such objects. */
function isRow(value: unknown): value is RunRow {
  return typeof value === "object" && value !== null && "kind" in value && KINDS.has(value.kind);
}
