/** `whittle rename`, `tag` and `pin`: what a user notes on runs, as in the editor's Runs view. */
import { usageError } from "../protocol/errors.ts";
import type { RunMarks } from "../protocol/run.ts";
import type { Run } from "../runs/files/layout.ts";
import { cleanTags, readMarks, updateMarks } from "../runs/record/marks.ts";
import { type CommonOptions, findRunOf } from "./options.ts";
import { printDocument, printLine } from "./output.ts";

/** @param name "" takes the user's name away, and the record's shows again */
export async function renameOne(id: string, name: string, options: CommonOptions): Promise<void> {
  const run = await findRunOf(id, options);
  report([{ run, marks: await updateMarks(run, { name }) }], options);
}

export async function tagOne(
  id: string,
  tags: readonly string[],
  options: CommonOptions & { readonly remove?: boolean },
): Promise<void> {
  const run = await findRunOf(id, options);
  const wanted = cleanTags(tags);
  if (wanted.length < tags.length) {
    throw usageError("A tag is empty, or given twice.", "Write each tag once, e.g. whittle tag RUN paper seed-study.");
  }
  const before = (await readMarks(run)).tags;
  const missing = wanted.filter((tag) => !before.includes(tag));
  if (options.remove && missing.length > 0) {
    throw usageError(
      `Run ${run.id} has no tag ${missing.join(", ")}.`,
      before.length === 0 ? "It has none." : `Its tags are ${before.join(", ")}.`,
    );
  }
  const after = options.remove ? before.filter((tag) => !wanted.includes(tag)) : [...before, ...wanted];
  report([{ run, marks: await updateMarks(run, { tags: after }) }], options);
}

export async function pinRuns(
  ids: readonly string[],
  options: CommonOptions & { readonly off?: boolean },
): Promise<void> {
  // All are found before any is changed.
  const runs = await Promise.all(ids.map((id) => findRunOf(id, options)));
  const pinned = options.off !== true;
  report(await Promise.all(runs.map(async (run) => ({ run, marks: await updateMarks(run, { pinned }) }))), options);
}

function report(marked: readonly { readonly run: Run; readonly marks: RunMarks }[], { json }: CommonOptions): void {
  if (json) {
    printDocument(marked.map(({ run, marks: { name, tags, pinned } }) => ({ id: run.id, name, tags, pinned })));
    return;
  }
  for (const { run, marks } of marked) {
    const notes = [marks.name ?? "", marks.pinned ? "pinned" : "", ...marks.tags.map((tag) => `#${tag}`)];
    printLine([run.id, ...notes].filter((note) => note !== "").join("  "));
  }
}
