/** Texts and their translations: `parallel:DIR#SRC-TGT`, or `parallel:FILE.jsonl#SRC-TGT`, whose lines have both languages as keys. */
import { statSync } from "node:fs";
import { usageError } from "../../protocol/errors.ts";
import { fail, findFile, splitAtHash } from "../files.ts";
import { type JsonObject, objectsOf } from "../jsonLines.ts";
import { MOST_TEXT_BYTES } from "../texts/textRows.ts";
import { openTranslation } from "../texts/translation.ts";
import type { DataSet, TextPair } from "../types.ts";
import type { DataFormat, OpenOptions } from "./format.ts";
import { type NamePair, namePairs } from "./namePair.ts";
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
  const pairs: TextPair[] = [];
  let keys: NamePair | undefined;
  let size = 0;
  for await (const { number, object } of objectsOf(file)) {
    keys ??= meanings.find(({ first, second }) => Object.hasOwn(object, first) && Object.hasOwn(object, second));
    const { first, second } = keys ?? meanings[0] ?? { first: "", second: "" };
    const pair = { source: textAt(file, number, object, first), reference: textAt(file, number, object, second) };
    pairs.push(pair);
    size += pair.source.length + pair.reference.length;
    if (size > MOST_TEXT_BYTES) {
      fail(`${file} has more than ${MOST_TEXT_BYTES} characters of text.`, "Give a part of it.");
    }
  }
  if (pairs.length === 0) fail(`${file} is empty.`, "Give it an object with both texts in each line.");
  return pairs;
}

/** @throws WhittleError that names the line where it has no such text */
export function textAt(file: string, line: number, object: JsonObject, key: string): string {
  if (!Object.hasOwn(object, key)) {
    fail(
      `${file}: line ${line} has no "${key}"; it has ${Object.keys(object).slice(0, 9).join(", ") || "nothing"}.`,
      "Give each line the same keys, and name them behind the #.",
    );
  }
  const text = object[key];
  if (typeof text !== "string") fail(`${file}: "${key}" in line ${line} is no text.`, "Give it as a string.");
  return text;
}
