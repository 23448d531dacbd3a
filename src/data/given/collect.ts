/** Examples that come one by one, or in batches. */
import { WhittleError } from "../../protocol/errors.ts";
import { Turns } from "../turns.ts";
import { type ExampleForm, type Item, readItem } from "./item.ts";
import { type Fields, refuse } from "./numbers.ts";
import { Rows } from "./rows.ts";

/** Bytes; what is more has to be streamed. */
const MOST_BYTES = 2 ** 31;
const TOO_MUCH_REMEDY =
  "Give fewer examples, or `train` as a function that starts them anew for each epoch, with `count`, `validation` and `test`: they are then streamed.";

export interface ReadOptions extends ExampleForm {
  /** Says where it comes from that the user's own code threw. */
  readonly explain?: (error: unknown) => unknown;
}

export interface Examples {
  next(): unknown;
  return?(): unknown;
}

/** Of a Dataset of TensorFlow.js too, whose iterator is a promise of one. */
export async function asIterable(value: Fields): Promise<Examples | undefined> {
  if ("x" in value || "xs" in value) return undefined;
  for (const method of [Symbol.asyncIterator, Symbol.iterator, "iterator"] as const) {
    const make: unknown = Reflect.get(value, method);
    if (typeof make === "function") return (await make.call(value)) as Examples;
  }
  return undefined;
}

/** Runs code of the user's own. */
export async function explained<T>(
  run: () => T | Promise<T>,
  { explain = (error) => error }: Pick<ReadOptions, "explain">,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof WhittleError ? error : explain(error);
  }
}

/** @param most examples, or a few more where the last ones come in a batch; what comes after them is left alone */
export async function collect(
  spec: string,
  where: string,
  examples: Examples,
  options: ReadOptions,
  most = Number.POSITIVE_INFINITY,
): Promise<Item> {
  const { inputs, outputs } = options;
  const rows = {
    x: (inputs ?? [""]).map(() => new Rows()),
    y: (outputs ?? [""]).map(() => new Rows()),
    w: [new Rows()],
  };
  let hasWeights = false;
  const turns = new Turns();
  let count = 0;
  while (count < most) {
    const { value, done } = await explained(() => examples.next() as IteratorResult<unknown>, options);
    if (done === true) break;
    const item = readItem(spec, where, count, value, options);
    if (count === 0) hasWeights = item.w !== undefined;
    if (hasWeights !== (item.w !== undefined)) {
      refuse(spec, `example ${hasWeights ? count : 0} has no weight, others have`);
    }
    const given = { ...item, w: item.w === undefined ? [] : [item.w] };
    for (const name of ["x", "y", "w"] as const) {
      for (const [field, numbers] of given[name].entries()) {
        const shape = numbers.shape.slice(1);
        const first = rows[name][field]?.add(numbers, shape);
        if (first !== undefined) {
          refuse(spec, `${name} of example ${count} has shape [${shape}], the first has [${first}]`);
        }
      }
    }
    count += item.count;
    const bytes = [...rows.x, ...rows.y, ...rows.w].reduce((sum, each) => sum + each.bytes, 0);
    if (bytes > MOST_BYTES) refuse(spec, `it gives more than ${MOST_BYTES / 2 ** 30} GiB`, TOO_MUCH_REMEDY);
    await turns.give();
  }
  if (rows.x[0]?.bytes === 0) refuse(spec, `${where || "it "}gives no examples`);
  const w = hasWeights ? rows.w[0]?.finish() : undefined;
  return {
    count,
    x: rows.x.map((each) => each.finish()),
    y: rows.y.map((each) => each.finish()),
    ...(w === undefined ? {} : { w }),
  };
}
