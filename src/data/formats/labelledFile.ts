/** Files of texts and their classes: JSON Lines, or a table of comma- or tab-separated values. */
import { parse } from "csv-parse/sync";
import { messageOf } from "../../protocol/errors.ts";
import { fail, readPlain } from "../files.ts";
import { objectsOf } from "../jsonLines.ts";
import { decodeUtf8 } from "../lines.ts";
import { MOST_TEXT_BYTES } from "../texts/textRows.ts";
import type { NamePair } from "./namePair.ts";
import { textAt } from "./parallel.ts";
import { checkNames } from "./table.ts";

const TABLE = /\.(csv|tsv)(\.gz)?$/i;

export interface Labelled {
  readonly text: string;
  readonly label: string;
}

/**
 * @param meanings what text and class may be called, the first that the file has counts
 * @throws WhittleError that names file and line
 */
export async function readLabelled(file: string, meanings: readonly NamePair[]): Promise<readonly Labelled[]> {
  const all = TABLE.test(file) ? readTable(file, meanings) : await readObjects(file, meanings);
  if (all.length === 0) fail(`${file} has no examples.`, "Give it a text and its class in each line.");
  return all;
}

async function readObjects(file: string, meanings: readonly NamePair[]): Promise<readonly Labelled[]> {
  const all: Labelled[] = [];
  let size = 0;
  let keys: NamePair | undefined;
  for await (const { number, object } of objectsOf(file)) {
    keys ??= meanings.find(({ first, second }) => Object.hasOwn(object, first) && Object.hasOwn(object, second));
    const { first, second } = keys ?? meanings[0] ?? { first: "", second: "" };
    const text = textAt(file, number, object, first);
    const label = object[second];
    const isName = typeof label === "string" || typeof label === "number" || typeof label === "boolean";
    if (!isName || label === "") {
      fail(`${file}: "${second}" in line ${number} is no class.`, "Give it as a word or a number.");
    }
    all.push({ text, label: String(label) });
    size += text.length;
    if (size > MOST_TEXT_BYTES)
      fail(`${file} has more than ${MOST_TEXT_BYTES} characters of text.`, "Give a part of it.");
  }
  return all;
}

function readTable(file: string, meanings: readonly NamePair[]): readonly Labelled[] {
  const bytes = readPlain(file);
  if (bytes.length > MOST_TEXT_BYTES) {
    fail(`${file} has ${bytes.length} bytes of text, more than ${MOST_TEXT_BYTES}.`, "Give a part of it.");
  }
  const whole = decodeUtf8(file, bytes);
  const [head = ""] = whole.split("\n", 1);
  let rows: string[][];
  try {
    rows = parse(whole, { bom: true, delimiter: head.includes("\t") ? "\t" : ",", skip_empty_lines: true });
  } catch (error) {
    fail(
      `${file} is no table: ${messageOf(error)}.`,
      "Give the same number of values in every row, with names in the first, and texts with commas in quotes.",
    );
  }
  const [names = [], ...cells] = rows.map((row, at) => (at === 0 ? row.map((name) => name.trim()) : row));
  checkNames(file, names);
  const keys = meanings.find(({ first, second }) => names.includes(first) && names.includes(second));
  if (keys === undefined) {
    const { first, second } = meanings[0] ?? { first: "", second: "" };
    fail(`${file} has no columns "${first}" and "${second}".`, `It has: ${names.slice(0, 9).join(", ") || "nothing"}.`);
  }
  const [textColumn, labelColumn] = [names.indexOf(keys.first), names.indexOf(keys.second)];
  return cells.map((row, at) => {
    const label = (row[labelColumn] ?? "").trim();
    if (label === "") {
      fail(`${file}: the column "${keys.second}" has no value in row ${at + 1}.`, "Fill it, or leave the row out.");
    }
    return { text: row[textColumn] ?? "", label };
  });
}
