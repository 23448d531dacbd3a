/** `predictions.json` in a run's folder: what the dense and the pruned model say of validation examples. */
import { z } from "zod";

export const PREDICTIONS_FORMAT = 1;

const count = z.int().min(0);
/** A row for each target, in it a count for each class that is predicted. */
const confusion = z.array(z.array(count));

const opinion = z.object({
  /** The class that gets the highest score. */
  predicted: count,
  /** That score: where the model ends in a softmax, a probability. */
  score: z.number(),
});

const shown = z.object({
  /** Within the validation split. */
  index: count,
  target: count,
  dense: opinion,
  pruned: opinion,
});

const common = {
  format: z.literal(PREDICTIONS_FORMAT),
  /** Examples that were looked at: the first of the validation split. */
  count,
};

const classesSchema = z.object({
  ...common,
  of: z.literal("classes"),
  /** Classes are 0 … classes − 1. */
  classes: z.int().min(2),
  /** Of each class, where the data have names. */
  names: z.array(z.string()).optional(),
  confusion: z.object({ dense: confusion, pruned: confusion }),
  /** Examples that only one of the two models gets wrong, and those that both do. */
  wrong: z.object({ dense: count, pruned: count, both: count }),
  /** Some of each kind that is wrong with one of them or with both; those that pruning has cost come first. */
  examples: z.array(shown),
  /** Of these examples, where they are pictures: bytes, row by row, 1 (grey) or 3 (red, green, blue) a pixel. */
  pictures: z
    .object({ height: count, width: count, channels: z.union([z.literal(1), z.literal(3)]), base64: z.string() })
    .optional(),
});

const valuesSchema = z.object({
  ...common,
  of: z.literal("values"),
  /** Root mean square: of what each is off by, and of the difference between the two. */
  errors: z.object({ dense: z.number(), pruned: z.number(), between: z.number() }),
  /** Of the first examples. */
  points: z.array(z.object({ target: z.number(), dense: z.number(), pruned: z.number() })),
});

const textsSchema = z.object({
  ...common,
  of: z.literal("texts"),
  /** Over all that were looked at; nothing where a text only goes on, since there is more than one way. */
  metric: z
    .object({
      name: z.string(),
      /** What the figures depend on, as sacreBLEU states it. */
      signature: z.string(),
      dense: z.number(),
      pruned: z.number(),
    })
    .optional(),
  examples: z.array(z.object({ source: z.string(), reference: z.string(), dense: z.string(), pruned: z.string() })),
  /** Tokens of the vocabulary whose rows in an embedding are all pruned: some of them, and how many there are. */
  lost: z.object({ count, tokens: z.array(z.string()) }),
});

export const predictionsSchema = z.discriminatedUnion("of", [classesSchema, valuesSchema, textsSchema]);

export type ClassPredictions = z.infer<typeof classesSchema>;
export type ValuePredictions = z.infer<typeof valuesSchema>;
export type TextPredictions = z.infer<typeof textsSchema>;
export type Predictions = z.infer<typeof predictionsSchema>;
export type ShownExample = z.infer<typeof shown>;
