/** Where the parts of a run lie in its folder, and what its folder may be called. */
import { isAbsolute, join, relative, sep } from "node:path";

/** A run is its folder; `id` is the folder's name. */
export interface Run {
  readonly dir: string;
  readonly id: string;
}

export const recordPath = (run: Run): string => join(run.dir, "run.json");
export const marksPath = (run: Run): string => join(run.dir, "marks.json");
/** What the dense and the pruned model say of validation examples. */
export const predictionsPath = (run: Run): string => join(run.dir, "predictions.json");
/** What the dense and the pruned model write for the texts of the test split. */
export const textsPath = (run: Run): string => join(run.dir, "texts");
/** What the final network is without the units that do nothing. */
export const compactionPath = (run: Run): string => join(run.dir, "compact.json");
/** What is in the data that a user's own code gave. */
export const dataPath = (run: Run): string => join(run.dir, "data.json");
/** What the ids of texts stand for. */
export const tokenizerPath = (run: Run): string => join(run.dir, "tokenizer.json");
export const eventsPath = (run: Run): string => join(run.dir, "events.jsonl");
export const checkpointsPath = (run: Run): string => join(run.dir, "checkpoints");
/** Checkpoints that the user asked for; nothing deletes them. */
export const savedPath = (run: Run): string => join(run.dir, "saved");
export const lockPath = (run: Run): string => join(run.dir, "lock");
/** Standard output and standard error of the training process. */
export const trainerLogPath = (run: Run): string => join(run.dir, "trainer.log");

/** Longest part of an id that comes from the user's name for the run, in characters. */
const LONGEST_SLUG = 32;
const LONGEST_NAME = 100;

/**
 * `20261124-101500-lenet300-k3f9`: sorts by time (UTC, since local time repeats an hour each autumn), and is a legal
 * file name everywhere whatever `name` holds: only a-z, 0-9 and `-` of it are kept, and it never stands first, so that
 * names that Windows reserves (`con`, `nul`) are harmless.
 * @param random four characters of a-z and 0-9
 */
export function makeRunId(time: Date, name: string, random: string): string {
  const stamp = time.toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  const slug = name
    .slice(0, 1000)
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{Mark}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, LONGEST_SLUG)
    .replace(/^-+|-+$/g, "");
  return `${stamp}-${slug === "" ? "run" : slug}-${random}`;
}

/** A name that is safe to show on one line: control characters become spaces, long text is cut. */
export function cleanName(name: string): string {
  return cleanLine(name) || "run";
}

/** As `cleanName`; "" where nothing is left. */
export function cleanLine(text: string): string {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  return [...line].slice(0, LONGEST_NAME).join("").trim();
}

/** Whether `child` lies below `parent`. By path, not by prefix: `/a/bc` is not inside `/a/b`. */
export function isInside(parent: string, child: string): boolean {
  const way = relative(parent, child);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
