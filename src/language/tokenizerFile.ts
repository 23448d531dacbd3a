/**
 * `tokenizer.json`, as Hugging Face's tokenizers read it: https://huggingface.co/docs/tokenizers. There, texts that hold names of
 * special tokens are told from those tokens with `tokenizer.encode_special_tokens = True`, and the ids are then the same.
 */
import { z } from "zod";
import { WhittleError } from "../protocol/errors.ts";
import type { TOKENIZER_NAMES } from "../protocol/textSettings.ts";
import { SPECIAL } from "./tokenizer.ts";

export type TokenizerKind = (typeof TOKENIZER_NAMES)[number];

/** By id. */
export const SPECIAL_NAMES: readonly string[] = ["<pad>", "<unk>", "<s>", "</s>"];
/** What the last part of a word ends with. */
export const WORD_END = "</w>";
/** Before a word that is called as a special token is, and before one that begins like that. */
const ESCAPE = "\\";

/** As pairs: a token may be called "__proto__", which a record of zod's leaves out. */
const vocabularySchema = z.preprocess(
  (vocab) => (typeof vocab === "object" && vocab !== null ? Object.entries(vocab) : vocab),
  z.array(z.tuple([z.string(), z.int().min(0)])),
);
const normalizerSchema = z.object({
  type: z.string(),
  normalizers: z.array(z.object({ type: z.string() })).optional(),
});
const fileSchema = z.object({
  normalizer: normalizerSchema.nullable(),
  pre_tokenizer: z.object({ type: z.enum(["WhitespaceSplit", "Split"]) }),
  model: z.union([
    z.object({ type: z.literal("WordLevel"), vocab: vocabularySchema }),
    z.object({
      type: z.literal("BPE"),
      vocab: vocabularySchema,
      merges: z.array(z.tuple([z.string(), z.string()])),
      end_of_word_suffix: z.literal(WORD_END),
    }),
  ]),
});

export interface Vocabulary {
  readonly kind: TokenizerKind;
  readonly isLowerCase: boolean;
  /** By id, special ones first. */
  readonly tokens: readonly string[];
  /** Of `bpe`: pairs of tokens that become one, in the order in which they do. */
  readonly merges?: readonly (readonly [string, string])[];
}

const NAME = SPECIAL_NAMES.map((name) => name.slice(1)).join("|");
/** What comes before a word, and what a word is that has to be told from a special token: also as Oniguruma understands it. */
const ESCAPED = [`(?<!\\S)\\\\(?=\\\\*<(?:${NAME})(?!\\S))`, `(?<!\\S)<(?=(?:${NAME})(?!\\S))`] as const;

const WHOLE_WORD = new RegExp(`^\\\\*<(?:${NAME})$`);
/** A word as the vocabulary calls it, where special tokens have names that a word may have as well. */
export const escapeWord = (word: string): string => (WHOLE_WORD.test(word) ? ESCAPE + word : word);
export const unescapeWord = (token: string): string =>
  token.startsWith(ESCAPE) && WHOLE_WORD.test(token) ? token.slice(ESCAPE.length) : token;

export function writeTokenizerFile({ kind, isLowerCase, tokens, merges = [] }: Vocabulary): unknown {
  // Of its own, even "__proto__".
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  const unk_token = SPECIAL_NAMES[SPECIAL.unknown];
  const normalizers = [
    ...(isLowerCase ? [{ type: "Lowercase" }] : []),
    ...(kind === "word"
      ? [
          { type: "Replace", pattern: { Regex: ESCAPED[0] }, content: ESCAPE + ESCAPE },
          { type: "Replace", pattern: { Regex: ESCAPED[1] }, content: `${ESCAPE}<` },
        ]
      : []),
  ];
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: SPECIAL_NAMES.map((content, id) => ({
      ...{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
    })),
    normalizer: normalizers.length === 0 ? null : { type: "Sequence", normalizers },
    pre_tokenizer:
      kind === "character"
        ? { type: "Split", pattern: { Regex: "[\\s\\S]" }, behavior: "Isolated", invert: false }
        : { type: "WhitespaceSplit" },
    post_processor: null,
    decoder: { word: null, character: { type: "Fuse" }, bpe: { type: "BPEDecoder", suffix: WORD_END } }[kind],
    model:
      kind === "bpe"
        ? {
            ...{ type: "BPE", dropout: null, unk_token, continuing_subword_prefix: null, end_of_word_suffix: WORD_END },
            ...{ fuse_unk: false, byte_fallback: false, ignore_merges: false, vocab, merges },
          }
        : { type: "WordLevel", vocab, unk_token },
  };
}

/** @throws WhittleError for anything else than what `writeTokenizerFile` makes */
export function readTokenizerFile(file: unknown): Vocabulary {
  const { success, data, error } = fileSchema.safeParse(file);
  if (!success) refuse("it has another form", error);
  const { normalizer, pre_tokenizer, model } = data;
  const tokens: string[] = [];
  for (const [token, id] of model.vocab) tokens[id] = token;
  if (Object.keys(tokens).length !== tokens.length || tokens.length !== model.vocab.length) {
    refuse("its ids have gaps, or stand for several tokens");
  }
  if (SPECIAL_NAMES.some((name, id) => tokens[id] !== name)) {
    refuse(`its first tokens are not ${SPECIAL_NAMES.join(", ")}`);
  }
  const isLowerCase = (normalizer?.normalizers ?? []).some(({ type }) => type === "Lowercase");
  if (model.type === "WordLevel") {
    return { kind: pre_tokenizer.type === "Split" ? "character" : "word", isLowerCase, tokens };
  }
  const known = new Set(tokens);
  const odd = model.merges.find((pair) => ![...pair, pair.join("")].every((token) => known.has(token)));
  if (odd !== undefined) refuse(`it joins "${odd.join('" and "')}", which are not all in its vocabulary`);
  return { kind: "bpe", isLowerCase, tokens, merges: model.merges };
}

function refuse(what: string, cause?: unknown): never {
  throw new WhittleError(`The vocabulary is none that Whittle writes: ${what}.`, {
    remedy: "Give the tokenizer.json of a run's folder.",
    cause,
  });
}
