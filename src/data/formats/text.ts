/**
 * Plain text for language models: `text:FILE`, plain or gzip. A row is a window of `text.length` tokens, its target the window one token
 * further on. Test and validation split are the end of the text.
 */

import { concatIds } from "../../language/concatIds.ts";
import type { Tokenizer } from "../../language/tokenizer.ts";
import { buildTokenizer } from "../../language/tokenizers.ts";
import { type CutOptions, type Splits, TEST_PART } from "../cut.ts";
import { fail, findFile } from "../files.ts";
import { withoutMark } from "../lines.ts";
import { readWholeText } from "../texts/textFiles.ts";
import { checkModel, hashTexts, textSettings } from "../texts/textRows.ts";
import type { DataSet, Split } from "../types.ts";
import type { DataFormat, OpenOptions } from "./format.ts";

/** Characters that become tokens at a time. */
const PIECE = 2 ** 16;

export const text: DataFormat = { name: "text", takes: "FILE", open: openText };

/** @param path as the user wrote it; relative to the working directory */
export function openText(path: string, options: OpenOptions): DataSet {
  const spec = `text:${path}`;
  checkModel(spec, options, ["what has been written"]);
  const file = findFile(path, "text:FILE");
  const whole = readText(file);
  const settings = textSettings(options);
  const texts = cutText(whole, options);
  const tokenizer = buildTokenizer(piecesOf(texts.train), settings);
  const split = (name: keyof Splits<string>): Split =>
    windowsOf(encodeAll(tokenizer, texts[name]), settings.length, (tokens) =>
      fail(
        `The ${name} split of ${file} has ${tokens} tokens, too few for one window of ${settings.length} and what comes after it.`,
        "Set text.length lower, or give a longer text.",
      ),
    );
  return {
    spec,
    sha256: hashTexts([[[whole]]]),
    xShape: [settings.length],
    yShape: [settings.length],
    scale: 1,
    offset: 0,
    texts: { tokenizer },
    classes: tokenizer.size,
    train: split("train"),
    validation: split("validation"),
    test: split("test"),
  };
}

function readText(file: string): string {
  const whole = withoutMark(readWholeText(file)).replaceAll("\r\n", "\n");
  if (whole.trim() === "") fail(`${file} is empty.`, "Give it text.");
  return whole;
}

/** Where there are spaces, no word is cut in two. */
function cutText(whole: string, { validationSplit }: CutOptions): Splits<string> {
  const cutAt = (place: number, end: number): number => {
    const at = spaceFrom(whole, place);
    if (at < end) return at;
    return isWithin(whole, place) ? place + 1 : place;
  };
  const test = cutAt(Math.floor(whole.length * (1 - TEST_PART)), whole.length);
  const validation = cutAt(Math.floor(test * (1 - validationSplit)), test);
  return { train: whole.slice(0, validation), validation: whole.slice(validation, test), test: whole.slice(test) };
}

/** Where the next space is, or the end. */
function spaceFrom(whole: string, from: number): number {
  const space = /\s/g;
  space.lastIndex = from;
  return space.exec(whole)?.index ?? whole.length;
}

/** Whether a character of two code units begins before this place and ends behind it. */
const isWithin = (whole: string, at: number): boolean => (whole.codePointAt(at - 1) ?? 0) > 0xffff;

/** So that no list is as long as the text; a word is not cut in two. */
function* piecesOf(whole: string): Generator<string> {
  for (let from = 0; from < whole.length; ) {
    const to = spaceFrom(whole, from + PIECE);
    yield whole.slice(from, to);
    from = to;
  }
}

const encodeAll = (tokenizer: Tokenizer, whole: string): Int32Array =>
  concatIds(Array.from(piecesOf(whole), (piece) => tokenizer.encode(piece)));

/** @param refuse called with the number of tokens where they are too few */
function windowsOf(ids: Int32Array, length: number, refuse: (tokens: number) => never): Split {
  const count = Math.floor((ids.length - 1) / length);
  if (count < 1) refuse(ids.length);
  return { count, x: Float32Array.from(ids.subarray(0, count * length)), y: ids.slice(1, count * length + 1) };
}
