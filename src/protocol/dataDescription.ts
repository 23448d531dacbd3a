/** What `whittle data --json` prints of a data set. */
import { z } from "zod";

const shape = z.array(z.int().min(0)).readonly();
const rangeSchema = z.object({ min: z.number(), max: z.number(), mean: z.number() }).readonly();
export type Range = z.infer<typeof rangeSchema>;

export const dataDescriptionSchema = z
  .object({
    spec: z.string(),
    sha256: z.string(),
    /** Shape of one example, and of one target; `[]` for class ids. */
    xShape: shape,
    yShape: shape,
    /** The split that figures and examples are of: of training examples that are streamed, nobody has seen all. */
    from: z.enum(["train", "validation"]).default("train"),
    /** Of its examples, as a network sees them. */
    x: rangeSchema,
    /** Of its targets, where they are no classes. */
    y: rangeSchema.optional(),
    /** Tokens of the vocabulary, where examples are texts. */
    vocabulary: z.int().min(0).optional(),
    /** Of each class, as they stand in the data, where they have names. */
    classNames: z.array(z.string()).readonly().optional(),
    splits: z
      .array(
        z
          .object({
            name: z.enum(["train", "validation", "test"]),
            count: z.int().min(0),
            /** Examples of each class, where targets are classes, and not tokens of a text, and all are at hand. */
            perClass: z.array(z.int().min(0)).readonly().optional(),
          })
          .readonly(),
      )
      .readonly(),
    /** The first examples, row-major, as a network sees them; fewer, or none, where they are large. */
    examples: z
      .array(
        z
          .object({
            x: z.array(z.number()).readonly(),
            y: z.array(z.number()).readonly(),
            /** What the ids say: what is read, then, where that is a text, what is to be written. */
            texts: z.array(z.string()).readonly().optional(),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();
export type DataDescription = z.infer<typeof dataDescriptionSchema>;
