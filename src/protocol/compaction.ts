/** `compact.json` in a run's folder: what the final network is without the units that do nothing. */
import { z } from "zod";
import { UNIT_WORDS } from "./units.ts";

export const COMPACTION_FORMAT = 1;

const count = z.int().min(0);

const layerSchema = z.object({
  /** As in the `model` event. */
  name: z.string(),
  /** Of TensorFlow.js, e.g. `Dense`. */
  className: z.string(),
  of: z.enum(UNIT_WORDS),
  /** How many the user's model has, and how many of them do anything. */
  before: count,
  after: count,
  /** Columns of each head, where it has heads. */
  headWidth: z.object({ before: count, after: count }).optional(),
  /** It has none in the user's model, and needs one to give what constant units gave. */
  gainsBias: z.literal(true).optional(),
});

export const compactionSchema = z.object({
  format: z.literal(COMPACTION_FORMAT),
  /** Those that have units, in the model's order, whether they become smaller or not. */
  layers: z.array(layerSchema),
  /** Weights of the user's model, those of them that are not 0, and all weights of the compact one. */
  parameters: z.object({ dense: count, remaining: count, compact: count }),
  /** Multiplications and additions for one example; undefined where some layer's are not known. */
  flops: z.object({ dense: count, compact: count }).optional(),
  /** Largest difference of the two networks' outputs on random and real examples, relative to the largest output. */
  difference: z.number(),
  /** Why the network is left as it is, where it is. */
  kept: z.string().optional(),
});

export type CompactedLayer = z.infer<typeof layerSchema>;
export type Compaction = z.infer<typeof compactionSchema>;
