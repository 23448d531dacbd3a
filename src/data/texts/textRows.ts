/** What data sets of texts have in common: rows of ids, the hash of the texts, the settings. */
import { createHash } from "node:crypto";
import { usageError } from "../../protocol/errors.ts";
import type { Settings } from "../../protocol/settings.ts";
import { textSchema } from "../../protocol/textSettings.ts";
import { fail, MOST_BYTES } from "../files.ts";
import type { OpenOptions } from "../formats/format.ts";

export const textSettings = ({ text }: OpenOptions): Settings["text"] => text ?? textSchema.parse({});

/** Independent of how they become ids. */
export function hashTexts(splits: Iterable<Iterable<readonly string[]> | undefined>): string {
  const digest = createHash("sha256");
  for (const examples of splits) {
    digest.update(examples === undefined ? "none;" : "split;");
    for (const texts of examples ?? []) {
      for (const text of texts) digest.update(`${text.length}:`).update(text);
    }
  }
  return digest.digest("hex");
}

/** @param width ids of an example, all its fields together @throws WhittleError where so many are more than can be held */
export function checkRowsSize(spec: string, count: number, width: number): void {
  const bytes = count * width * Int32Array.BYTES_PER_ELEMENT;
  if (bytes <= MOST_BYTES) return;
  fail(
    `"${spec}" has ${count} texts, which as rows of ${width} ids, the longest, take over ${MOST_BYTES} bytes.`,
    "Set text.length lower, or give fewer texts.",
  );
}

/** @throws a usage error where the model is known and takes, or gives, something else @param wanted e.g. `text` for one input */
export function checkModel(
  spec: string,
  { inputs, outputs, exampleRank }: OpenOptions,
  wanted: readonly [string] | readonly [string, string],
): void {
  const found = inputs?.length ?? (exampleRank === undefined ? undefined : 1);
  if (found !== undefined && found !== wanted.length) {
    throw usageError(
      `"${spec}" is for a model with ${wanted.length === 1 ? "one input" : "two inputs"}, and this one has ${found}${inputs === undefined ? "" : ` (${inputs.join(", ")})`}.`,
      `Let it take ${wanted.join(", then ")}: ids of shape [null].`,
    );
  }
  if (outputs !== undefined) {
    throw usageError(
      `"${spec}" is for a model with one output, and this one has ${outputs.length} (${outputs.join(", ")}).`,
      "Let it give out what it says of each target, and nothing else.",
    );
  }
}

export const longest = (rows: Iterable<ArrayLike<unknown>>): number => {
  let most = 0;
  for (const { length } of rows) most = Math.max(most, length);
  return most;
};
