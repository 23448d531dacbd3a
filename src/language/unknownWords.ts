/** What a vocabulary lacks of a text. */
import { SPECIAL, type Tokenizer } from "./tokenizer.ts";
import { normalize, wordsOf } from "./words.ts";

/** @returns the words, each once, of which some part is unknown: `most` at most, in their order */
export function unknownWords(tokenizer: Tokenizer, text: string, most: number): string[] {
  const unknown: string[] = [];
  for (const word of new Set(wordsOf(normalize(text, false)))) {
    if (unknown.length === most) break;
    if (tokenizer.encode(word).includes(SPECIAL.unknown)) unknown.push(word);
  }
  return unknown;
}
