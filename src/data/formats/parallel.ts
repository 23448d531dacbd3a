/** Texts and their translations: `parallel:DIR#SRC-TGT`, or `parallel:FILE.jsonl#SRC-TGT`, whose lines have both languages as keys. */
import { statSync } from "node:fs";
import { usageError } from "../../protocol/errors.ts";
import { fail, findFile, splitAtHash } from "../files.ts";
import { type NamePair, namePairs } from "../texts/namePair.ts";
import { readTextObjects, textAt } from "../texts/textFiles.ts";
import { openTranslation } from "../texts/translation.ts";
import type { DataSet, TextPair } from "../types.ts";
import type { DataFormat, OpenOptions } from "./format.ts";
import { hasLanguages, readParallelFolder } from "./parallelFolder.ts";

export const parallel: DataFormat = { name: "parallel", takes: "DIR#SRC-TGT", open: openParallel };

/** @param rest as the user wrote it; folder or file relative to the working directory */
export async function openParallel(rest: string, options: OpenOptions): Promise<DataSet> {
  const spec = `parallel:${rest}`;
  const { file: path, part = "" } = splitAtHash(rest);
  const [first, ...others] = namePairs(part);
  if (first === undefined) {
    throw usageError(
      `Data set "${spec}" does not say from which language to which.`,
      "Write parallel:DIR#SRC-TGT, such as parallel:multi30k#de-en.",
    );
  }
  const found = findFile(path, "parallel:DIR#SRC-TGT", "parallel:FILE.jsonl#SRC-TGT");
  if (statSync(found).isDirectory()) {
    const languages = [first, ...others].find((each) => hasLanguages(found, each)) ?? first;
    return openTranslation(spec, await readParallelFolder(found, languages), options);
  }
  return openTranslation(spec, { train: await readPairs(found, [first, ...others]) }, options);
}

async function readPairs(file: string, meanings: readonly NamePair[]): Promise<readonly TextPair[]> {
  const pairs = await readTextObjects<TextPair>(
    file,
    meanings,
    (line) => ({ source: textAt(file, line, line.keys.first), reference: textAt(file, line, line.keys.second) }),
    ({ source, reference }) => source.length + reference.length,
  );
  if (pairs.length === 0) fail(`${file} is empty.`, "Give it an object with both texts in each line.");
  return pairs;
}
