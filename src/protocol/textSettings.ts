/** Settings of data that are texts, and of models that write. */
import { z } from "zod";

export const TOKENIZER_NAMES = ["character", "word", "bpe"] as const;

export const MOST_BEAMS = 64;
export const MOST_TEMPERATURE = 10;
export const MOST_LENGTH = 65_536;

export const textSchema = z
  .strictObject({
    tokenizer: z
      .enum(TOKENIZER_NAMES)
      .default("word")
      .describe(
        "What a token is: a character, a word between spaces, or a part of a word that byte-pair encoding finds (arXiv 1508.07909).",
      ),
    vocabulary: z
      .int()
      .min(5)
      .max(1_000_000)
      .default(8000)
      .describe(
        "Most tokens, padding and three other special ones included; the others of the training split are unknown.",
      ),
    length: z
      .int()
      .min(2)
      .max(65_536)
      .default(128)
      .describe(
        "Most tokens of a text. Longer pairs are not trained on; elsewhere texts are cut, and plain text into pieces.",
      ),
    lowerCase: z.boolean().default(false).describe("Whether letters are made small first."),
  })
  .prefault({});

export const generationSchema = z
  .strictObject({
    beams: z
      .int()
      .min(1)
      .max(MOST_BEAMS)
      .default(1)
      .describe("Beginnings that the search keeps at a time; 1 takes the likeliest token each time."),
    lengthPenalty: z
      .number()
      .min(0)
      .max(10)
      .default(1)
      .describe("Exponent α: of the ends found, the one with the highest log-probability / length^α is taken."),
    length: z.int().min(1).max(MOST_LENGTH).default(100).describe("Most tokens that are written."),
    temperature: z
      .number()
      .min(0)
      .max(MOST_TEMPERATURE)
      .default(1)
      .describe(
        "How a language model goes on with a text: each token is drawn by log-probabilities divided by this; 0 takes the likeliest.",
      ),
    every: z
      .int()
      .min(1)
      .default(1)
      .describe(
        "Epochs between two times that texts are written for `bleu` or `chrf`, besides the last of each phase; with more than 1, none are right after a pruning. Epochs without the metric are neither kept as the best nor followed by a pruning that goes by it.",
      ),
    examples: z
      .int()
      .min(1)
      .default(1000)
      .describe(
        "Most examples of the validation split that are written while the run goes on; of the test split all are.",
      ),
  })
  .prefault({});
