/** Folders of parallel texts, as corpora are published: `train.de` and `train.en`, one text a line, and so on. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { GivenSplits } from "../cut.ts";
import { fail, refuseFile } from "../files.ts";
import { linesOf } from "../lines.ts";
import type { NamePair } from "../texts/namePair.ts";
import { MOST_TEXT_BYTES } from "../texts/textFiles.ts";
import type { TextPair } from "../types.ts";

const STEMS = {
  train: /^train$/,
  validation: /^(val|valid|validation|dev)$/,
  test: /^test/,
} as const;
const GZIP = /\.gz$/;
/** An empty line takes memory as well. */
const MOST_LINES = 2 ** 23;

/** @returns whether there is something to train on for these languages */
export const hasLanguages = (folder: string, { first, second }: NamePair): boolean => {
  const names = namesIn(folder);
  return [first, second].every((language) => stemsOf(names, "train", language).length > 0);
};

/** @throws WhittleError that names the files that are missing, too many, or of different length */
export async function readParallelFolder(
  folder: string,
  languages: NamePair,
): Promise<GivenSplits<readonly TextPair[]>> {
  const names = namesIn(folder);
  const train = await readSplit(folder, names, "train", languages);
  if (train === undefined) {
    fail(
      `${folder} has no train.${languages.first} and train.${languages.second}; it has ${names.slice(0, 9).join(", ") || "nothing"}.`,
      layoutRemedy(languages),
    );
  }
  const validation = await readSplit(folder, names, "validation", languages);
  return { train, validation, test: await readSplit(folder, names, "test", languages) };
}

const layoutRemedy = ({ first, second }: NamePair): string =>
  `Give it train.${first} and train.${second} with one text a line, and val.… and test.… where there are; plain or gzip (.gz).`;

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    refuseFile(folder, error);
  }
}

/** What stands before the language in names of files of that split. */
const stemsOf = (names: readonly string[], split: keyof typeof STEMS, language: string): readonly string[] =>
  names.flatMap((name) => {
    const plain = name.replace(GZIP, "");
    const stem = plain.endsWith(`.${language}`) ? plain.slice(0, -language.length - 1) : "";
    return STEMS[split].test(stem) ? [stem] : [];
  });

async function readSplit(
  folder: string,
  names: readonly string[],
  split: keyof typeof STEMS,
  languages: NamePair,
): Promise<readonly TextPair[] | undefined> {
  const { first: source, second: target } = languages;
  const stems = [...new Set([source, target].flatMap((language) => stemsOf(names, split, language)))];
  const stem = stems.length > 1 && stems.includes(split) ? split : stems[0];
  if (stem === undefined) return undefined;
  if (stems.length > 1 && stem !== split) {
    const found = stems.map((each) => `${each}.${source}`).join(", ");
    fail(
      `${folder} has several files for the ${split} split: ${found}.`,
      `Call the one that counts ${split}.${source}, and the other side likewise.`,
    );
  }
  const [sources, references] = [
    fileOf(folder, names, stem, source, languages),
    fileOf(folder, names, stem, target, languages),
  ];
  return pair(sources, await readLines(sources), references, await readLines(references));
}

function fileOf(folder: string, names: readonly string[], stem: string, language: string, languages: NamePair): string {
  const found = names.filter((name) => name.replace(GZIP, "") === `${stem}.${language}`);
  const [name, other] = found;
  if (name === undefined) fail(`${join(folder, `${stem}.${language}`)} does not exist.`, layoutRemedy(languages));
  if (other !== undefined) fail(`${folder} has both ${name} and ${other}.`, "Leave one of them.");
  return join(folder, name);
}

async function readLines(file: string): Promise<readonly string[]> {
  const lines: string[] = [];
  let size = 0;
  for await (const { text } of linesOf(file)) {
    lines.push(text);
    size += text.length;
    if (size > MOST_TEXT_BYTES || lines.length > MOST_LINES) {
      fail(
        `${file} has more than ${MOST_TEXT_BYTES} characters or ${MOST_LINES} lines.`,
        "Give a part of it, and the same lines of the other side.",
      );
    }
  }
  if (lines.length === 0) fail(`${file} is empty.`, "Give it one text a line.");
  return lines;
}

function pair(
  sourceFile: string,
  sources: readonly string[],
  referenceFile: string,
  references: readonly string[],
): readonly TextPair[] {
  if (sources.length !== references.length) {
    fail(
      `${sourceFile} has ${sources.length} lines, but ${referenceFile} has ${references.length}.`,
      "Give both the same number of lines, each the translation of the other.",
    );
  }
  return sources.map((source, at) => ({ source, reference: references[at] ?? "" }));
}
