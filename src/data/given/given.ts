/**
 * Data that a user's own function gives: `{ x, y }`, or `{ train, validation?, test? }` of such. Each is a tensor, an array (nested
 * or typed), or both come as examples one by one: a `tf.data.Dataset` or any (async) iterable of `{ x, y }`. `w` beside them
 * says how much each target counts. Training examples may be a function too: see `stream.ts`.
 */
import { assemble, assembleStreamed, type Source } from "../assemble.ts";
import type { CutOptions } from "../cut.ts";
import { type AnyDataSet, type DataSet, type Field, type Split, sizeOf } from "../types.ts";
import { asIterable, collect } from "./collect.ts";
import { type Item, sideBySide, toFields } from "./item.ts";
import { asObject, checkFinite, type Fields, kindOf, type Numbers, refuse, toNumbers } from "./numbers.ts";
import { asStream, collectFirst, type StreamOptions, toStream } from "./stream.ts";
import { checkWeights } from "./weights.ts";

export interface GivenOptions extends CutOptions, StreamOptions {
  /** Whole numbers as targets are values, and not ids of classes. */
  readonly wantsValues?: boolean;
  /** They are ids, of each position where they have several axes. */
  readonly wantsIds?: boolean;
}

/** Examples of each split; of a stream the first ones. */
interface Parts {
  readonly train: Item;
  readonly validation: Item | undefined;
  readonly test: Item | undefined;
}

/**
 * All of it, into memory.
 * @param spec what to call it
 * @throws WhittleError that says what is wrong with what was given, and where
 */
export async function readGiven(spec: string, given: unknown, options: GivenOptions): Promise<DataSet> {
  const value = objectOf(spec, given);
  const read = async (name: string, part: unknown) =>
    part === undefined ? undefined : await readPart(spec, name, part, options);
  const isSplit = "train" in value;
  const train = await read(isSplit ? "train" : "", isSplit ? value["train"] : value);
  if (train === undefined) refuse(spec, "it gives no training examples");
  const [validation, test] = [await read("validation", value["validation"]), await read("test", value["test"])];
  return assemble(putTogether(spec, { train, validation, test }, options).source, options);
}

/** As `readGiven`, and where training examples are a function, they stay in it. */
export async function openGiven(spec: string, given: unknown, options: GivenOptions): Promise<AnyDataSet> {
  const value = objectOf(spec, given);
  const stream = asStream(spec, value, options);
  if (stream === undefined) return readGiven(spec, value, options);
  const train = checkPart(spec, "train.", await collectFirst(spec, stream, options), options);
  const validation = await readPart(spec, "validation", value["validation"], options);
  const test = await readPart(spec, "test", value["test"], options);
  const { source, shapes } = putTogether(spec, { train, validation, test }, options);
  return assembleStreamed(source, toStream(spec, stream, { shapes, classes: source.classes }, options));
}

function objectOf(spec: string, given: unknown): Fields {
  const value = asObject(given);
  if (value === undefined) refuse(spec, `it gives ${kindOf(given)}`);
  return value;
}

function putTogether(spec: string, { train, validation, test }: Parts, options: GivenOptions) {
  const shapesOf = (fields: readonly Numbers[]) => fields.map(({ shape }) => shape.slice(1));
  const shapesOfPart = ({ x, y, w }: Item) => ({ x: shapesOf(x), y: shapesOf(y), w: w?.shape.slice(1) });
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
  const isOne = yShape.every((length) => length === 1);
  const isIds =
    options.outputs === undefined &&
    options.wantsValues !== true &&
    (options.wantsIds === true || isOne) &&
    all.every(({ y }) => y.every(({ isWhole }) => isWhole));
  const split = ({ count, x, y, w }: Item): Split => {
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
  const classes = isIds ? countClasses(spec, all, options.ignoreTarget) : undefined;
  const source: Source = {
    spec,
    xShape: xFields === undefined ? (shapes.x[0] ?? []) : [widthOf(shapes.x)],
    yShape: isIds && isOne ? [] : yFields !== undefined ? [widthOf(shapes.y)] : yShape.length === 0 ? [1] : yShape,
    ...(shapes.w === undefined ? {} : { wShape: shapes.w }),
    ...(xFields === undefined ? {} : { xFields }),
    ...(yFields === undefined ? {} : { yFields }),
    scale: 1,
    offset: 0,
    ...(classes === undefined ? {} : { classes }),
    train: split(train),
    validation: validation && split(validation),
    test: test && split(test),
  };
  return { source, shapes };
}

const widthOf = (shapes: readonly (readonly number[])[]): number =>
  shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);

function countClasses(spec: string, parts: readonly Item[], ignored: number | undefined): number {
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

async function readPart(spec: string, name: string, given: unknown, options: GivenOptions): Promise<Item> {
  const where = name === "" ? "" : `${name}.`;
  const value = asObject(given);
  if (value === undefined) refuse(spec, `"${name || "it"}" is ${kindOf(given)}`);
  const iterable = await asIterable(value);
  if (iterable !== undefined) return checkPart(spec, where, await collect(spec, where, iterable, options), options);
  const x = toFields(spec, `${where}x`, value["x"] ?? value["xs"], options.inputs);
  const y = toFields(spec, `${where}y`, value["y"] ?? value["ys"], options.outputs);
  const w = value["w"] === undefined ? {} : { w: toNumbers(spec, `${where}w`, value["w"]) };
  return checkPart(spec, where, { count: x[0]?.shape[0] ?? 0, x, y, ...w }, options);
}

function checkPart(spec: string, where: string, part: Item, options: GivenOptions): Item {
  const { count, x, y, w } = part;
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
  if (w !== undefined) checkWeights(spec, `${where}w`, w, y, options.outputs !== undefined);
  return part;
}
