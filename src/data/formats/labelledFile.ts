/** Files of texts and their classes: JSON Lines, or a table of comma- or tab-separated values. */
import { parse } from "csv-parse/sync";
import { messageOf } from "../../protocol/errors.ts";
import { fail } from "../files.ts";
import type { NamePair } from "../texts/namePair.ts";
import { readTextObjects, readWholeText, textAt } from "../texts/textFiles.ts";
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

const readObjects = (file: string, meanings: readonly NamePair[]): Promise<readonly Labelled[]> =>
  readTextObjects<Labelled>(
    file,
    meanings,
    (line) => {
      const { number, object, keys } = line;
      const text = textAt(file, line, keys.first);
      const label = object[keys.second];
      const isName = typeof label === "string" || typeof label === "number" || typeof label === "boolean";
      if (!isName || label === "") {
        fail(`${file}: "${keys.second}" in line ${number} is no class.`, "Give it as a word or a number.");
      }
      return { text, label: String(label) };
    },
    ({ text }) => text.length,
  );

function readTable(file: string, meanings: readonly NamePair[]): readonly Labelled[] {
  const whole = readWholeText(file);
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
