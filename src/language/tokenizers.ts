/** Tokenizers of words, of characters and of parts of words. */
import type { Settings } from "../protocol/settings.ts";
import { charactersOf, joinParts, pairOf } from "./bytePairs.ts";
import { concatIds } from "./concatIds.ts";
import { SPECIAL, type Tokenizer } from "./tokenizer.ts";
import {
  escapeWord,
  readTokenizerFile,
  SPECIAL_NAMES,
  unescapeWord,
  type Vocabulary,
  WORD_END,
  writeTokenizerFile,
} from "./tokenizerFile.ts";
import { trainBytePairs } from "./trainBytePairs.ts";
import { countParts, normalize, wordsOf } from "./words.ts";

/** Words whose parts are kept at hand; a text has few others. */
const MOST_KEPT = 100_000;
/** A longer one hardly comes again. */
const LONGEST_KEPT = 100;

/** How texts fall into tokens, and tokens become a text. */
type Way = Pick<Tokenizer, "encode" | "decode" | "tokenOf">;

/** @param texts of the training split */
export function buildTokenizer(
  texts: Iterable<string>,
  { tokenizer: kind, vocabulary: most, lowerCase: isLowerCase }: Settings["text"],
): Tokenizer {
  const partsOf = (text: string): string[] => {
    const whole = normalize(text, isLowerCase);
    return kind === "character" ? Array.from(whole) : wordsOf(whole);
  };
  const counts = countParts(texts, partsOf);
  if (kind === "bpe") return createTokenizer({ kind, isLowerCase, ...trainBytePairs(counts, most) });
  const known = counts
    .slice(0, most - SPECIAL_NAMES.length)
    .map(([part]) => (kind === "word" ? escapeWord(part) : part));
  return createTokenizer({ kind, isLowerCase, tokens: [...SPECIAL_NAMES, ...known] });
}

/** @param file a `Tokenizer`'s `file`, as JSON gives it @throws WhittleError where it is something else */
export const readTokenizer = (file: unknown): Tokenizer => createTokenizer(readTokenizerFile(file));

function createTokenizer(vocabulary: Vocabulary): Tokenizer {
  const way = { word: wordWay, character: characterWay, bpe: bytePairWay }[vocabulary.kind](vocabulary);
  return { ...way, size: vocabulary.tokens.length, file: writeTokenizerFile(vocabulary) };
}

/** Of all tokens but the special ones, which no text has. */
const idsOf = ({ tokens }: Vocabulary): Map<string, number> =>
  new Map(tokens.flatMap((token, id) => (id < SPECIAL_NAMES.length ? [] : [[token, id]])));

/** The tokens of all ids that say something. */
function* spoken({ tokens }: Vocabulary, ids: Iterable<number>): Generator<string> {
  for (const id of ids) {
    const token = id < SPECIAL_NAMES.length ? undefined : tokens[id];
    if (token !== undefined) yield token;
  }
}

const nameOf = ({ tokens }: Vocabulary, id: number): string => tokens[id] ?? SPECIAL_NAMES[SPECIAL.unknown] ?? "";

function wordWay(vocabulary: Vocabulary): Way {
  const ids = idsOf(vocabulary);
  return {
    encode: (text) =>
      Int32Array.from(
        wordsOf(normalize(text, vocabulary.isLowerCase)),
        (word) => ids.get(escapeWord(word)) ?? SPECIAL.unknown,
      ),
    decode: (own) => Array.from(spoken(vocabulary, own), unescapeWord).join(" "),
    tokenOf: (id) => unescapeWord(nameOf(vocabulary, id)),
  };
}

function characterWay(vocabulary: Vocabulary): Way {
  const ids = idsOf(vocabulary);
  return {
    encode: (text) =>
      Int32Array.from(
        Array.from(normalize(text, vocabulary.isLowerCase)),
        (character) => ids.get(character) ?? SPECIAL.unknown,
      ),
    decode: (own) => Array.from(spoken(vocabulary, own)).join(""),
    tokenOf: (id) => nameOf(vocabulary, id),
  };
}

function bytePairWay(vocabulary: Vocabulary): Way {
  const ids = idsOf(vocabulary);
  const idOf = (token: string): number => ids.get(token) ?? SPECIAL.unknown;
  const merges = vocabulary.merges ?? [];
  const ranks = new Map(merges.map(([left, right], rank) => [pairOf(idOf(left), idOf(right)), rank]));
  const results = merges.map(([left, right]) => idOf(left + right));
  const kept = new Map<string, Int32Array>();
  const encodeWord = (word: string): Int32Array => {
    const known = kept.get(word);
    if (known !== undefined) return known;
    const parts = charactersOf(word, ids).map((id) => (id < 0 ? SPECIAL.unknown : id));
    const joined = parts.slice(0, joinParts(parts, { ranks, results }));
    if (kept.size < MOST_KEPT && word.length <= LONGEST_KEPT) kept.set(word, joined);
    return joined;
  };
  const endsWord = (token: string): boolean => token.endsWith(WORD_END);
  const bare = (token: string): string => (endsWord(token) ? token.slice(0, -WORD_END.length) : token);
  return {
    encode: (text) => concatIds(wordsOf(normalize(text, vocabulary.isLowerCase)).map(encodeWord)),
    decode: (own) =>
      Array.from(spoken(vocabulary, own), (token) => (endsWord(token) ? `${bare(token)} ` : token))
        .join("")
        .trimEnd(),
    tokenOf: (id) => (id < SPECIAL_NAMES.length ? nameOf(vocabulary, id) : bare(nameOf(vocabulary, id))),
  };
}
