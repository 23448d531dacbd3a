/** `whittle write`: what a run's dense reference and its pruned model write for texts. */
import { openWriting } from "../controller/writing.ts";
import { usageError } from "../protocol/errors.ts";
import { asCount } from "../protocol/figures.ts";
import { MOST_CHARACTERS, MOST_TEXTS } from "../protocol/textLimits.ts";
import { MOST_BEAMS } from "../protocol/textSettings.ts";
import type { WrittenText } from "../protocol/writing.ts";
import { type CommonOptions, findRunOf } from "./options.ts";
import { printDocument, printLine, printNote, withoutControls } from "./output.ts";
import { locateTrainer } from "./trainerFile.ts";

export interface WriteOptions extends CommonOptions {
  readonly beams?: number;
  /** Build the model from the copy of its file that the run has kept. */
  readonly keptModel?: boolean;
}

/** @param texts where there are none, the lines of standard input */
export async function writeTexts(
  id: string,
  texts: readonly string[],
  { beams, keptModel = false, ...options }: WriteOptions,
): Promise<void> {
  if (beams !== undefined && (beams < 1 || beams > MOST_BEAMS)) {
    throw usageError(`--beams is ${beams}.`, `Give a whole number from 1 to ${MOST_BEAMS}.`);
  }
  for (const text of texts) check(text);
  const run = await findRunOf(id, options);
  const job = { run: run.dir, keptModel, ...(beams === undefined ? {} : { beams }) };
  const writing = openWriting(job, { trainerFile: locateTrainer(), onNote: printNote });
  const all: WrittenText[] = [];
  let count = 0;
  try {
    await writing.opened;
    for await (const some of texts.length > 0 ? [texts] : readTexts(process.stdin)) {
      for (let from = 0; from < some.length; from += MOST_TEXTS) {
        const written = await writing.ask(some.slice(from, from + MOST_TEXTS));
        count += written.length;
        if (options.json) all.push(...written);
        else for (const each of written) printLine(describeWritten(each));
      }
    }
  } finally {
    writing.close();
  }
  if (count === 0) {
    throw usageError("No text is given.", `whittle write ${id} "A TEXT"; or one a line on standard input.`);
  }
  if (options.json) printDocument({ id: run.id, texts: all });
}

/** The lines of each piece as it comes, so that whoever types one sees what is written for it. Empty ones are left out. */
async function* readTexts(input: NodeJS.ReadStream): AsyncGenerator<readonly string[]> {
  let rest = "";
  for await (const piece of input.setEncoding("utf8") as AsyncIterable<string>) {
    const lines = (rest + piece).split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const line of [...lines, rest]) checkLength(line);
    yield lines.filter((line) => line.trim() !== "");
  }
  if (rest.trim() !== "") yield [rest];
}

function check(text: string): void {
  if (text.trim() === "") throw usageError("A text is empty.", "Give one word at least.");
  checkLength(text);
}

function checkLength({ length }: string): void {
  if (length <= MOST_CHARACTERS) return;
  throw usageError(
    `A text has ${asCount(length)} characters or more, and ${asCount(MOST_CHARACTERS)} are the most.`,
    "Give a sentence or a few, one text a line.",
  );
}

/** For people. */
export function describeWritten({ source, read, unknown, dense, pruned }: WrittenText): string {
  return [
    asLine(source),
    ...(read === undefined ? [] : [`  (only its first ${asCount(read)} tokens are read: text.length)`]),
    ...(unknown.length === 0 ? [] : [`  (not in the vocabulary: ${unknown.map(asLine).join(", ")})`]),
    ...(dense === undefined ? [] : [`  dense   ${asLine(dense) || NOTHING}`]),
    `  pruned  ${asLine(pruned) || NOTHING}`,
  ].join("\n");
}

/** As the panel calls a text that ends where it begins. */
const NOTHING = "(nothing)";
/** Longer ones fill the terminal, and nobody reads them there. */
const LONGEST = 2000;

function asLine(text: string): string {
  const line = withoutControls(text.slice(0, LONGEST)).replace(/\n/g, " ");
  return text.length > LONGEST ? `${line}…` : line;
}
