/** What a user's own layer class may say of its units, under the name `weightUnits`. */
import { z } from "zod";
import { usageError } from "../protocol/errors.ts";
import { UNIT_WORDS, type Units } from "../protocol/units.ts";
import { spanUnits } from "./layerKind.ts";

const unitAxesSchema = z.strictObject({
  /** What they are called. */
  of: z.enum(UNIT_WORDS),
  /** The axis that counts them, from 0, or from −1 backwards; or several, side by side. */
  axis: z.union([z.int(), z.array(z.int()).min(1).readonly()]),
  /** Neighbours along the axis that make one unit, e.g. the width of a head in [width, heads · head width]. Default 1. */
  each: z.int().positive().optional(),
  /** Blocks along the axis, each with all units, e.g. 3 for query, key and value in one tensor. Default 1. */
  blocks: z.int().positive().optional(),
});

const weightUnitsSchema = z.record(z.string(), unitAxesSchema);

/**
 * By a weight's own name, as given to `addWeight`: which axis counts the layer's units. A static property of the class,
 * or a method where it depends on the layer:
 *
 *     static weightUnits: WeightUnits = { wq: { of: "heads", axis: 1 } };
 */
export type WeightUnits = Readonly<z.infer<typeof weightUnitsSchema>>;

/** @returns undefined where the class says nothing @throws WhittleError (usage) for what cannot be read */
export function readWeightUnits(layer: object, className: string): WeightUnits | undefined {
  const own: unknown = Reflect.get(layer, "weightUnits") ?? Reflect.get(layer.constructor, "weightUnits");
  if (own === undefined) return undefined;
  const said: unknown = typeof own === "function" ? own.call(layer) : own;
  const read = weightUnitsSchema.safeParse(said);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw usageError(
    `weightUnits of the layer class ${className} cannot be read: ${issue?.path.join(".")}: ${issue?.message}`,
    `Write it as { NAME_OF_WEIGHT: { of: "heads", axis: 1 } }; of is one of ${UNIT_WORDS.join(", ")}.`,
  );
}

/** @throws WhittleError (usage) where the weight has no such axis, or it cannot be cut as the class says */
export function unitsAsSaid(
  className: string,
  name: string,
  { of, axis, each = 1, blocks = 1 }: WeightUnits[string],
  shape: readonly number[],
): Units {
  const axes = [axis].flat().map((one) => (one < 0 ? shape.length + one : one));
  const units = spanUnits(shape, { of, axes, each, blocks });
  if (units !== undefined) return units;
  throw usageError(
    `weightUnits of the layer class ${className} does not fit its weight ${name} of shape [${shape.join(", ")}]`,
    "Give axes of that shape, side by side, whose length is blocks · units · each.",
  );
}
