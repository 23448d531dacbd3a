/**
 * Data that a user's own function gives: `{ x, y }`, or `{ train, validation?, test? }` of such. Each is a tensor, an array (nested
 * or typed), or both come as examples one by one: a `tf.data.Dataset` or any (async) iterable of `{ x, y }`. Training examples may
 * be a function too: see `stream.ts`.
 */
import { assemble, assembleStreamed, type CutOptions, type Source } from "../assemble.ts";
import { type AnyDataSet, type DataSet, type Field, type Split, sizeOf } from "../types.ts";
import { asIterable, collect } from "./collect.ts";
import { type Item, sideBySide, toFields } from "./item.ts";
import { asObject, checkFinite, type Fields, kindOf, type Numbers, refuse } from "./numbers.ts";
import { asStream, collectFirst, type StreamOptions, toStream } from "./stream.ts";

export interface GivenOptions extends CutOptions, StreamOptions {
  /** Whole numbers as targets are values, and not ids of classes. */
  readonly wantsValues?: boolean;
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
  const shapes = { x: shapesOf(train.x), y: shapesOf(train.y) };
  for (const [name, part] of Object.entries({ validation, test })) {
    if (part !== undefined && JSON.stringify({ x: shapesOf(part.x), y: shapesOf(part.y) }) !== JSON.stringify(shapes)) {
      refuse(spec, `examples of "${name}" have other shapes than those of "train"`);
    }
  }
  const all = [train, validation, test].filter((part) => part !== undefined);
  const [yShape = []] = shapes.y;
  const isIds =
    options.outputs === undefined &&
    options.wantsValues !== true &&
    yShape.every((length) => length === 1) &&
    all.every(({ y }) => y.every(({ isWhole }) => isWhole));
  const split = ({ count, x, y }: Item): Split => {
    const [inputs, targets] = [sideBySide(x).values, sideBySide(y).values];
    return {
      count,
      x: inputs instanceof Int32Array ? Float32Array.from(inputs) : inputs,
      y: isIds ? Int32Array.from(targets) : Float32Array.from(targets),
    };
  };
  const named = (
    names: readonly string[] | undefined,
    of: readonly (readonly number[])[],
  ): readonly Field[] | undefined => names?.map((name, at) => ({ name, shape: of[at] ?? [] }));
  const [xFields, yFields] = [named(options.inputs, shapes.x), named(options.outputs, shapes.y)];
  const classes = isIds ? countClasses(spec, all) : undefined;
  const source: Source = {
    spec,
    xShape: xFields === undefined ? (shapes.x[0] ?? []) : [widthOf(shapes.x)],
    yShape: isIds ? [] : yFields !== undefined ? [widthOf(shapes.y)] : yShape.length === 0 ? [1] : yShape,
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

function countClasses(spec: string, parts: readonly Item[]): number {
  let most = 0;
  for (const { y } of parts) {
    for (const id of y[0]?.values ?? []) {
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
  return checkPart(spec, where, { count: x[0]?.shape[0] ?? 0, x, y }, options);
}

function checkPart(spec: string, where: string, part: Item, options: GivenOptions): Item {
  const { count, x, y } = part;
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
  return part;
}
