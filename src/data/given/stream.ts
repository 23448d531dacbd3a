/**
 * Training examples that a user's function starts anew for each epoch, so that they need not be in memory together:
 * `{ train: ({ epoch, seed }) => examples, count, validation, test, shuffleBuffer? }`.
 */
import { createRandom, withSeededMathRandom } from "../random.ts";
import { shuffle } from "../shuffle.ts";
import { Turns } from "../turns.ts";
import { type Example, type Stream, sizeOf } from "../types.ts";
import { asIterable, collect, type Examples, explained, type ReadOptions } from "./collect.ts";
import { type Item, readItem, sideBySide } from "./item.ts";
import { asObject, checkFinite, type Fields, kindOf, type Numbers, refuse } from "./numbers.ts";
import { checkWeights } from "./weights.ts";

/** Examples of the shuffle buffer where nothing else is said. */
const BUFFER = 1000;
/** Bytes that it may take, whatever is said: each number counts as four. */
const MOST_BUFFER_BYTES = 2 ** 29;
/** Examples by which a stream is known before it is trained on. */
const KNOWN_BY = 32;

type Seeded = <T>(run: () => T | Promise<T>) => Promise<T>;

/** As the user's function gives it, nothing of it read. */
export interface GivenStream {
  readonly count: number;
  readonly shuffleBuffer: number;
  /** From its first example on. @param epoch from 1 */
  start(epoch: number, seed: number): Promise<AsyncIterableIterator<unknown>>;
}

/** What examples have to be like: as the first ones, and those of the other splits. */
export interface Expected {
  /** Of one example, each field for itself. */
  readonly shapes: {
    readonly x: readonly (readonly number[])[];
    readonly y: readonly (readonly number[])[];
    /** Where there are weights. */
    readonly w: readonly number[] | undefined;
  };
  /** Where targets are ids of classes. */
  readonly classes: number | undefined;
}

export interface StreamOptions extends ReadOptions {
  readonly seed: number;
  /** The id that stands for no class, but for padding. */
  readonly ignoreTarget?: number;
  /** Told what is not as it was asked for. */
  readonly onProgress?: (note: string) => void;
}

/** Undefined where the training examples do not come as a function. */
export function asStream(spec: string, value: Fields, options: Pick<ReadOptions, "explain">): GivenStream | undefined {
  const { train, count, shuffleBuffer = BUFFER } = value;
  if (typeof train !== "function") return undefined;
  if (!isCount(count)) {
    refuse(spec, `train is a function, and count is ${kindOf(count)}`, "Give count: how many examples make an epoch.");
  }
  if (!isCount(shuffleBuffer)) {
    refuse(
      spec,
      `shuffleBuffer is ${kindOf(shuffleBuffer)}`,
      "Give a number of examples; 1 keeps them in their order.",
    );
  }
  for (const name of ["validation", "test"]) {
    if (value[name] !== undefined) continue;
    const remedy = `Give ${name}: { x, y } of examples that are not in the stream; none can be cut out of it.`;
    refuse(spec, `train is a function, and there is no ${name}`, remedy);
  }
  return {
    count,
    shuffleBuffer,
    async start(epoch, seed) {
      const random = createRandom(seed, "stream", epoch);
      const seeded: Seeded = (run) => withSeededMathRandom(random, () => explained(run, options));
      const given: unknown = await seeded(() => train({ epoch, seed }));
      const object = asObject(given);
      const examples = object === undefined ? undefined : await seeded(() => asIterable(object));
      if (examples === undefined) {
        const remedy = "Let it return examples { x, y } one by one: those of a generator, or a tf.data.Dataset.";
        refuse(spec, `train gives ${kindOf(given)}`, remedy);
      }
      return iterate(examples, seeded);
    },
  };
}

const isCount = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value) && value >= 1;

function iterate(examples: Examples, seeded: Seeded): AsyncIterableIterator<unknown> {
  const iterator: AsyncIterableIterator<unknown> = {
    next: () => seeded(async () => (await examples.next()) as IteratorResult<unknown>),
    async return() {
      await seeded(() => examples.return?.());
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

/** The first examples of the first epoch under seed 0: runs that differ by their seed alone have the same data. */
export async function collectFirst(spec: string, given: GivenStream, options: ReadOptions): Promise<Item> {
  const examples = await given.start(1, 0);
  const wanted = Math.min(given.count, KNOWN_BY);
  try {
    const first = await collect(spec, "train.", examples, options, wanted);
    if (first.count < wanted) refuseEnd(spec, given, 1, first.count);
    return first;
  } finally {
    await examples.return?.();
  }
}

export function toStream(spec: string, given: GivenStream, expected: Expected, options: StreamOptions): Stream {
  const { count, shuffleBuffer } = given;
  const numbers = [...expected.shapes.x, ...expected.shapes.y].reduce((sum, shape) => sum + sizeOf(shape), 0);
  const most = Math.max(1, Math.floor(MOST_BUFFER_BYTES / (4 * numbers)));
  const wanted = Math.min(shuffleBuffer, count);
  if (wanted > most) {
    options.onProgress?.(`The shuffle buffer holds ${most} examples and not ${wanted}: they take half a GiB.`);
  }
  return {
    count,
    start: (epoch, skip) =>
      afterFirst(
        skip,
        shuffle(
          readExamples(spec, given, epoch + 1, expected, options),
          Math.min(wanted, most),
          createRandom(options.seed, "shuffle", epoch),
        ),
      ),
  };
}

/** The first `skip` are drawn, since they decide which ones come after them, but left out. */
async function* afterFirst(skip: number, examples: AsyncIterable<Example>): AsyncGenerator<Example, void> {
  let at = 0;
  for await (const example of examples) {
    if (at >= skip) yield example;
    at += 1;
  }
}

async function* readExamples(
  spec: string,
  given: GivenStream,
  epoch: number,
  expected: Expected,
  options: StreamOptions,
): AsyncGenerator<Example, void> {
  const turns = new Turns();
  let at = 0;
  for await (const value of await given.start(epoch, options.seed)) {
    const item = readItem(spec, "train.", at, value, options);
    checkItem(spec, item, at, expected, options);
    const { count, w } = item;
    const [x, y] = [sideBySide(item.x), sideBySide(item.y)];
    for (let row = 0; row < count && at < given.count; row++, at++) {
      yield {
        x: rowOf(x, row, count),
        y: rowOf(y, row, count),
        ...(w === undefined ? {} : { w: rowOf(w, row, count) }),
      };
    }
    if (at === given.count) return;
    await turns.give();
  }
  refuseEnd(spec, given, epoch, at);
}

function rowOf({ values }: Numbers, row: number, count: number): Numbers["values"] {
  const size = values.length / count;
  return values.subarray(row * size, (row + 1) * size);
}

function checkItem(spec: string, item: Item, at: number, { shapes, classes }: Expected, options: StreamOptions): void {
  for (const axis of ["x", "y"] as const) {
    const label = `train.${axis}`;
    for (const [field, numbers] of item[axis].entries()) {
      const [count, ...shape] = numbers.shape;
      const first = shapes[axis][field];
      if (String(shape) !== String(first)) {
        refuse(spec, `${label} of example ${at} has shape [${shape}], the first has [${first}]`);
      }
      if (count !== item.count) refuse(spec, `train.x has ${item.count} examples, but ${label} has ${count}`);
      checkFinite(spec, label, numbers, at);
    }
  }
  if (String(item.w?.shape.slice(1)) !== String(shapes.w)) {
    const has = (shape: readonly number[] | undefined) => (shape === undefined ? "none" : `[${shape}]`);
    refuse(spec, `train.w of example ${at} has shape ${has(item.w?.shape.slice(1))}, the first has ${has(shapes.w)}`);
  }
  if (item.w !== undefined) checkWeights(spec, "train.w", item.w, item.y, options.outputs !== undefined);
  if (classes === undefined) return;
  const ids = item.y[0]?.values ?? [];
  const positions = ids.length / item.count;
  for (let index = 0; index < ids.length; index++) {
    const id = ids[index] ?? 0;
    if (id === options.ignoreTarget || (Number.isInteger(id) && id >= 0 && id < classes)) continue;
    refuse(
      spec,
      `train.y of example ${at + Math.floor(index / positions)} is ${id}, but validation, test and the first examples have classes 0 to ${classes - 1}`,
      "Correct it, or give validation an example of the highest class; targets that are values need a fraction there.",
    );
  }
}

function refuseEnd(spec: string, { count }: GivenStream, epoch: number, at: number): never {
  refuse(
    spec,
    `train ends after ${at} examples of epoch ${epoch}, but count is ${count}`,
    at === 0
      ? "Let train start its examples anew at each call: a generator that has been used up gives nothing."
      : `Set count to ${at}, or let train go on until then.`,
  );
}
