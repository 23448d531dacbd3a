/** Texts as ids and back. */

/** Ids that stand for no text; the same ones in every vocabulary. Data are padded with 0. */
export const SPECIAL = { padding: 0, unknown: 1, begin: 2, end: 3 } as const;

export interface Tokenizer {
  /** Ids are 0 … size − 1, those of `SPECIAL` first. */
  readonly size: number;
  /** @returns without begin and end; what the vocabulary lacks is `SPECIAL.unknown` */
  encode(text: string): Int32Array;
  /** Ids of `SPECIAL`, and ids beyond the vocabulary, say nothing. */
  decode(ids: Iterable<number>): string;
  /** As a user reads it; of words and parts of words without marks of where a word begins. */
  tokenOf(id: number): string;
  /** A `tokenizer.json` as Hugging Face's tokenizers read it: what a run keeps. */
  readonly file: unknown;
}
