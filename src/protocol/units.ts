/** How the weights of a tensor fall to units, and what units are called. */
import { z } from "zod";

export const UNIT_WORDS = ["units", "filters", "channels", "features", "rows", "heads"] as const;
export type UnitWord = (typeof UNIT_WORDS)[number];

/**
 * The weight at flat index i belongs to unit ⌊i / stride⌋ mod count. So for a dense kernel [in, out] count = out and
 * stride = 1, for an embedding [rows, width] count = rows and stride = width, for an LSTM's kernel [in, gates · units]
 * count = units and stride = 1.
 */
export const unitsSchema = z.strictObject({
  count: z.int().positive(),
  stride: z.int().positive(),
  of: z.enum(UNIT_WORDS),
});
export type Units = z.infer<typeof unitsSchema>;

/** What a weight tensor is to its layer. */
export interface WeightRole {
  readonly units: Units;
  /** Tensors of one group feed the same units: a unit is alive while one of them has a weight of it left. */
  readonly group: string;
  /** Whatever the layer makes of its input goes through this tensor: without it, it passes nothing on. */
  readonly carriesInput: boolean;
}
