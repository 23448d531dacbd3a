/** `whittle write`: what a run's dense reference and its pruned model write for texts, or how they go on with them. */
import { openWriting } from "../controller/writing.ts";
import { usageError } from "../protocol/errors.ts";
import { asCount } from "../protocol/figures.ts";
import { MOST_CHARACTERS, MOST_TEXTS } from "../protocol/textLimits.ts";
import { MOST_BEAMS, MOST_LENGTH, MOST_TEMPERATURE } from "../protocol/textSettings.ts";
import type { WrittenText } from "../protocol/writing.ts";
import { type CommonOptions, findRunOf } from "./options.ts";
import { printDocument, printLine, printNote, withoutControls } from "./output.ts";
import { locateTrainer } from "./trainerFile.ts";

export interface WriteOptions extends CommonOptions {
  readonly beams?: number;
  readonly temperature?: number;
  readonly length?: number;
  readonly seed?: number;
  /** Build the model from the copy of its file that the run has kept. */
  readonly keptModel?: boolean;
}

/** @param texts where there are none, the lines of standard input */
export async function writeTexts(
  id: string,
  texts: readonly string[],
  { beams, temperature, length, seed, keptModel = false, ...options }: WriteOptions,
): Promise<void> {
  checkRange("beams", beams, 1, MOST_BEAMS);
  checkRange("length", length, 1, MOST_LENGTH);
  checkRange("temperature", temperature, 0, MOST_TEMPERATURE);
  for (const text of texts) check(text);
  const run = await findRunOf(id, options);
  const job = { run: run.dir, keptModel, beams, temperature, length, seed };
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

function checkRange(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (value >= least && value <= most)) return;
  throw usageError(`--${name} is ${value}.`, `Give a number from ${least} to ${most}.`);
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
export function describeWritten({ source, continues, read, unknown, dense, pruned }: WrittenText): string {
  const cut = continues
    ? `only its last ${asCount(read ?? 0)} tokens are read: the model sees no more`
    : `only its first ${asCount(read ?? 0)} tokens are read: text.length`;
  const shown = continues ? asLines : asLine;
  return [
    asLine(source),
    ...(read === undefined ? [] : [`  (${cut})`]),
    ...(unknown.length === 0 ? [] : [`  (not in the vocabulary: ${unknown.map(asLine).join(", ")})`]),
    ...(dense === undefined ? [] : [`  dense   ${shown(dense) || NOTHING}`]),
    `  pruned  ${shown(pruned) || NOTHING}`,
  ].join("\n");
}

/** As the panel calls a text that ends where it begins. */
const NOTHING = "(nothing)";
/** Longer ones fill the terminal, and nobody reads them there. */
const LONGEST = 2000;

const asLine = (text: string): string => shorten(text).replace(/\n/g, " ");

/** Each below the first. */
const asLines = (text: string): string => shorten(text).replace(/\n/g, `\n${" ".repeat(10)}`);

function shorten(text: string): string {
  const shown = withoutControls(text.slice(0, LONGEST));
  return text.length > LONGEST ? `${shown}…` : shown;
}
