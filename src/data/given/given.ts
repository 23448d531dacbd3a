/**
 * Data that a user's own function gives: `{ x, y }`, or `{ train, validation?, test? }` of such. Each is a tensor, an array (nested
 * or typed), or both come as examples one by one: a `tf.data.Dataset` or any (async) iterable of `{ x, y }`. `w` beside them
 * says how much each target counts.
 */
import { assemble, type CutOptions } from "../assemble.ts";
import { type DataSet, type Field, type Split, sizeOf } from "../types.ts";
import { asIterable, collect, type ExampleForm, toFields } from "./collect.ts";
import { asObject, checkFinite, kindOf, type Numbers, refuse, toNumbers } from "./numbers.ts";
import { checkWeights } from "./weights.ts";

export interface GivenOptions extends CutOptions, ExampleForm {
  /** Whole numbers as targets are values, and not ids of classes. */
  readonly wantsValues?: boolean;
  /** They are ids, of each position where they have several axes. */
  readonly wantsIds?: boolean;
  /** The id that stands for no class, but for padding. */
  readonly ignoreTarget?: number;
}

/** Of one split; several inputs or targets each for itself. */
interface Part {
  readonly count: number;
  readonly x: readonly Numbers[];
  readonly y: readonly Numbers[];
  readonly w?: Numbers;
}

/**
 * @param spec what to call it
 * @throws WhittleError that says what is wrong with what was given, and where
 */
export async function readGiven(spec: string, given: unknown, options: GivenOptions): Promise<DataSet> {
  const value = asObject(given);
  if (value === undefined) refuse(spec, `it gives ${kindOf(given)}`);
  const isSplit = "train" in value;
  const parts: Partial<Record<"train" | "validation" | "test", Part>> = {};
  for (const name of ["train", "validation", "test"] as const) {
    const part = isSplit || name !== "train" ? value[name] : value;
    if (part !== undefined) parts[name] = await readPart(spec, isSplit ? name : "", part, options);
  }
  const { train, validation, test } = parts;
  if (train === undefined) refuse(spec, "it gives no training examples");
  const shapesOf = (fields: readonly Numbers[]) => fields.map(({ shape }) => shape.slice(1));
  const shapesOfPart = ({ x, y, w }: Part) => ({ x: shapesOf(x), y: shapesOf(y), w: w?.shape.slice(1) });
  const shapes = shapesOfPart(train);
  for (const [name, part] of Object.entries({ validation, test })) {
    if (part !== undefined && (part.w === undefined) !== (train.w === undefined)) {
      refuse(spec, `only one of "train" and "${name}" has weights`);
    }
    if (part !== undefined && JSON.stringify(shapesOfPart(part)) !== JSON.stringify(shapes)) {
      refuse(spec, `examples of "${name}" have other shapes than those of "train"`);
    }
  }
  const all = [train, validation, test].filter((part) => part !== undefined);
  const [yShape = []] = shapes.y;
  const isIds =
    options.outputs === undefined &&
    options.wantsValues !== true &&
    (options.wantsIds === true || yShape.every((length) => length === 1)) &&
    all.every(({ y }) => y.every(({ isWhole }) => isWhole));
  const split = ({ count, x, y, w }: Part): Split => {
    const [inputs, targets] = [sideBySide(x).values, sideBySide(y).values];
    return {
      count,
      x: inputs instanceof Int32Array ? Float32Array.from(inputs) : inputs,
      y: isIds ? Int32Array.from(targets) : Float32Array.from(targets),
      ...(w === undefined ? {} : { w: Float32Array.from(w.values) }),
    };
  };
  const named = (
    names: readonly string[] | undefined,
    of: readonly (readonly number[])[],
  ): readonly Field[] | undefined => names?.map((name, at) => ({ name, shape: of[at] ?? [] }));
  const [xFields, yFields] = [named(options.inputs, shapes.x), named(options.outputs, shapes.y)];
  return assemble(
    {
      spec,
      xShape: xFields === undefined ? (shapes.x[0] ?? []) : [widthOf(shapes.x)],
      yShape:
        isIds && yShape.every((length) => length === 1)
          ? []
          : yFields !== undefined
            ? [widthOf(shapes.y)]
            : yShape.length === 0
              ? [1]
              : yShape,
      ...(shapes.w === undefined ? {} : { wShape: shapes.w }),
      ...(xFields === undefined ? {} : { xFields }),
      ...(yFields === undefined ? {} : { yFields }),
      scale: 1,
      offset: 0,
      ...(isIds ? { classes: countClasses(spec, all, options.ignoreTarget) } : {}),
      train: split(train),
      validation: validation && split(validation),
      test: test && split(test),
    },
    options,
  );
}

const widthOf = (shapes: readonly (readonly number[])[]): number =>
  shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);

/** Rows that hold those of all fields, one behind the other; of one field as it is. */
function sideBySide(fields: readonly Numbers[]): Numbers {
  const [first] = fields;
  if (first === undefined) throw new Error("there are no fields");
  if (fields.length === 1) return first;
  const [count = 0] = first.shape;
  const widths = fields.map(({ values }) => values.length / count);
  const width = widths.reduce((sum, each) => sum + each, 0);
  const values = new Float32Array(count * width);
  let offset = 0;
  for (const [at, field] of fields.entries()) {
    const own = widths[at] ?? 0;
    for (let row = 0; row < count; row++) {
      values.set(field.values.subarray(row * own, (row + 1) * own), row * width + offset);
    }
    offset += own;
  }
  return { shape: [count, width], values, isWhole: fields.every(({ isWhole }) => isWhole) };
}

function countClasses(spec: string, parts: readonly Part[], ignored: number | undefined): number {
  let most = 0;
  for (const { y } of parts) {
    for (const id of y[0]?.values ?? []) {
      if (id === ignored) continue;
      if (id < 0) refuse(spec, `a target is ${id}, which is no class`);
      most = Math.max(most, id);
    }
  }
  return most + 1;
}

async function readPart(spec: string, name: string, given: unknown, options: GivenOptions): Promise<Part> {
  const where = name === "" ? "" : `${name}.`;
  const value = asObject(given);
  if (value === undefined) refuse(spec, `"${name || "it"}" is ${kindOf(given)}`);
  const iterable = await asIterable(value);
  const { x, y, w } =
    iterable === undefined
      ? {
          x: toFields(spec, `${where}x`, value["x"] ?? value["xs"], options.inputs),
          y: toFields(spec, `${where}y`, value["y"] ?? value["ys"], options.outputs),
          w: value["w"] === undefined ? undefined : toNumbers(spec, `${where}w`, value["w"]),
        }
      : await collect(spec, where, iterable, options);
  const [count = 0] = x[0]?.shape ?? [];
  if (count === 0) refuse(spec, `${where}x has no examples`);
  for (const [axis, fields, names] of [
    ["x", x, options.inputs],
    ["y", y, options.outputs],
  ] as const) {
    for (const [at, field] of fields.entries()) {
      const label = `${where}${axis}${names === undefined ? "" : `.${names[at]}`}`;
      if (field.shape[0] !== count)
        refuse(spec, `${where}x has ${count} examples, but ${label} has ${field.shape[0] ?? 0}`);
      checkFinite(spec, label, field);
    }
  }
  if (w === undefined) return { count, x, y };
  checkWeights(spec, `${where}w`, w, y, options.outputs !== undefined);
  return { count, x, y, w };
}
