/**
 * The embedded data set `phrases`: 8,000 / 500 / 500 sentences of an invented language with their translations into another one
 * (`phrasesGrammar.ts`), the same ones on every machine, 4 to 14 words each, none twice.
 */
import { createRandom } from "../random.ts";
import { openTranslation } from "../texts/translation.ts";
import type { TextPair } from "../types.ts";
import type { DataFormat } from "./format.ts";
import { drawMeaning, inMelu, inSorin } from "./phrasesGrammar.ts";

const COUNTS = { train: 8000, validation: 500, test: 500 };
const [FEWEST_WORDS, MOST_WORDS] = [4, 14];

export const phrases: DataFormat = {
  name: "phrases",
  open: (_rest, options) => openTranslation("phrases", drawPhrases(), options),
};

export function drawPhrases(): Record<keyof typeof COUNTS, readonly TextPair[]> {
  const random = createRandom("phrases-v1");
  const drawn = new Map<string, string>();
  const total = Object.values(COUNTS).reduce((sum, count) => sum + count, 0);
  while (drawn.size < total) {
    const meaning = drawMeaning(random);
    const [source, reference] = [inSorin(meaning), inMelu(meaning)];
    if ([source, reference].every(isOfLength)) drawn.set(source, reference);
  }
  const pairs = Array.from(drawn, ([source, reference]) => ({ source, reference }));
  const { train, validation } = COUNTS;
  return {
    train: pairs.slice(0, train),
    validation: pairs.slice(train, train + validation),
    test: pairs.slice(train + validation),
  };
}

function isOfLength(text: string): boolean {
  const words = text.split(" ").length;
  return words >= FEWEST_WORDS && words <= MOST_WORDS;
}
