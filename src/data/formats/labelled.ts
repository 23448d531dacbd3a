/** Texts and their classes: `labelled:FILE.jsonl#TEXT-LABEL`, or `labelled:FILE.csv#TEXT-LABEL`, plain or gzip. */
import { SPECIAL } from "../../language/tokenizer.ts";
import { buildTokenizer } from "../../language/tokenizers.ts";
import { usageError } from "../../protocol/errors.ts";
import { cutLists } from "../cut.ts";
import { fail, findFile, splitAtHash } from "../files.ts";
import { namePairs } from "../texts/namePair.ts";
import { checkModel, checkRowsSize, hashTexts, longest, textSettings } from "../texts/textRows.ts";
import type { DataSet, Split } from "../types.ts";
import type { DataFormat, OpenOptions } from "./format.ts";
import { type Labelled, readLabelled } from "./labelledFile.ts";
import { MOST_CATEGORIES } from "./table.ts";

export const labelled: DataFormat = { name: "labelled", takes: "FILE#TEXT-LABEL", open: openLabelled };

/** @param rest as the user wrote it; the file relative to the working directory */
export async function openLabelled(rest: string, options: OpenOptions): Promise<DataSet> {
  const spec = `labelled:${rest}`;
  checkModel(spec, options, ["a text"]);
  const { file: path, part = "" } = splitAtHash(rest);
  const meanings = namePairs(part);
  if (meanings.length === 0) {
    throw usageError(
      `Data set "${spec}" does not say where its texts and their classes are.`,
      "Write labelled:FILE#TEXT-LABEL with the names of both columns, or keys.",
    );
  }
  const file = findFile(path, "labelled:FILE.jsonl#TEXT-LABEL", "labelled:FILE.csv#TEXT-LABEL");
  const all = await readLabelled(file, meanings);
  const settings = textSettings(options);
  const target = targetsOf(file, all, options.wantsValues === true);
  const { train, validation, test } = cutLists(spec, { train: all }, options);
  const tokenizer = buildTokenizer(
    train.map(({ text }) => text),
    settings,
  );
  const encode = ({ text }: Labelled): Int32Array => {
    const ids = tokenizer.encode(text).subarray(0, settings.length);
    // A row of nothing but padding has nothing that a model could look at.
    return ids.length === 0 ? Int32Array.of(SPECIAL.unknown) : ids;
  };
  const rows = new Map(all.map((each) => [each, encode(each)]));
  const width = longest(rows.values());
  checkRowsSize(spec, all.length, width);
  const split = (texts: readonly Labelled[]): Split => {
    const x = new Float32Array(texts.length * width);
    for (const [row, each] of texts.entries()) {
      const ids = rows.get(each) ?? new Int32Array();
      x.set(ids, (row + 1) * width - ids.length);
    }
    return { count: texts.length, x, y: target.of(texts) };
  };
  return {
    spec,
    sha256: hashTexts([all.map(({ text, label }) => [text, label])]),
    xShape: [width],
    ...target.shape,
    scale: 1,
    offset: 0,
    padding: "start",
    texts: { tokenizer },
    train: split(train),
    validation: split(validation),
    test: split(test),
  };
}

interface Targets {
  readonly shape: Pick<DataSet, "yShape" | "classes" | "classNames">;
  readonly of: (texts: readonly Labelled[]) => Split["y"];
}

/** Classes in the order of their names, numbers in their own; numbers are values where the loss compares values. */
function targetsOf(file: string, all: readonly Labelled[], wantsValues: boolean): Targets {
  const names = [...new Set(all.map(({ label }) => label))];
  const areNumbers = names.every((name) => Number.isFinite(Math.fround(Number(name))));
  if (areNumbers && wantsValues) {
    return { shape: { yShape: [1] }, of: (texts) => Float32Array.from(texts, ({ label }) => Number(label)) };
  }
  if (names.length > MOST_CATEGORIES) {
    fail(`${file} has over ${MOST_CATEGORIES} different classes.`, "Name the column, or key, of the class last.");
  }
  const classNames = areNumbers ? names.sort((a, b) => Number(a) - Number(b)) : names.sort();
  const idOf = new Map(classNames.map((name, id) => [name, id]));
  return {
    shape: { yShape: [], classes: classNames.length, classNames },
    of: (texts) => Int32Array.from(texts, ({ label }) => idOf.get(label) ?? 0),
  };
}
