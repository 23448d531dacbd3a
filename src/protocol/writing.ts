/** What a run's dense reference and its pruned model write for texts, or how they go on with them, and what is asked of the process that lets them. */
import { z } from "zod";
import { errorRecordSchema } from "./run.ts";
import { MOST_CHARACTERS, MOST_TEXTS } from "./textLimits.ts";
import { MOST_BEAMS, MOST_LENGTH, MOST_TEMPERATURE } from "./textSettings.ts";

/** What the training process is started with, as JSON: `trainer --write <job>`. It then answers until its asker goes. */
export const writingJobSchema = z.strictObject({
  /** Folder. */
  run: z.string().min(1),
  /** Build the model from the copy of its file that the run has kept. */
  keptModel: z.boolean(),
  /** In place of the run's own settings: of `generation`, and its seed. */
  beams: z.int().min(1).max(MOST_BEAMS).optional(),
  temperature: z.number().min(0).max(MOST_TEMPERATURE).optional(),
  length: z.int().min(1).max(MOST_LENGTH).optional(),
  seed: z.int().min(0).optional(),
});
export type WritingJob = z.infer<typeof writingJobSchema>;

export const writingQuestionSchema = z.strictObject({
  /** Stands in the answer. */
  id: z.int(),
  texts: z.array(z.string().max(MOST_CHARACTERS)).min(1).max(MOST_TEXTS),
});
export type WritingQuestion = z.infer<typeof writingQuestionSchema>;

export const writtenTextSchema = z.strictObject({
  /** As it was asked. */
  source: z.string(),
  /** Whether it is the beginning of what is written. */
  continues: z.literal(true).optional(),
  /** Tokens that were read, where the text has more: the first ones, or of a beginning the last. */
  read: z.int().optional(),
  /** Words of it that the vocabulary lacks, the first ones. */
  unknown: z.array(z.string()),
  /** Missing where the run has kept no dense reference. */
  dense: z.string().optional(),
  pruned: z.string(),
});
export type WrittenText = z.infer<typeof writtenTextSchema>;

/** What the process says: remarks, then that it is ready or why it never will be, then an answer to each question. */
export const writingMessageSchema = z.union([
  z.strictObject({ note: z.string() }),
  z.strictObject({ ready: z.literal(true) }),
  z.strictObject({ error: errorRecordSchema }),
  z.strictObject({ id: z.int(), written: z.array(writtenTextSchema) }),
  z.strictObject({ id: z.int(), error: errorRecordSchema }),
]);
export type WritingMessage = z.infer<typeof writingMessageSchema>;
