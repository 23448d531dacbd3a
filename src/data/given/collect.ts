/** Examples that come one by one, or in batches. */
import { asObject, disposeTensors, type Fields, isTensor, kindOf, type Numbers, refuse, toNumbers } from "./numbers.ts";
import { Rows } from "./rows.ts";

/** Bytes; what is more has to come from a format that is read piece by piece. */
const MOST_BYTES = 2 ** 31;
/** Milliseconds of examples between two turns of others. */
const TURN_MS = 50;

/** How examples are told from batches of them, and which fields they have. */
export interface ExampleForm {
  /** Axes of one example, as the model takes it: what comes one by one with one axis more comes in batches. */
  readonly exampleRank?: number;
  /** Names of the model's inputs and outputs, where it has several. */
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
}

/** Of several by their names, or in their order. */
export function toFields(
  spec: string,
  name: string,
  value: unknown,
  names: readonly string[] | undefined,
): readonly Numbers[] {
  if (names === undefined) return [toNumbers(spec, name, value)];
  if (Array.isArray(value) && value.length === names.length) {
    return names.map((field, at) => toNumbers(spec, `${name}.${field}`, value[at]));
  }
  const fields = isTensor(value) || Array.isArray(value) ? undefined : asObject(value);
  if (fields === undefined)
    refuse(
      spec,
      `the model has ${names.length} of ${name.slice(-1)}, ${names.join(", ")}, but ${name} is ${kindOf(value)}`,
    );
  return names.map((field) => {
    if (!(field in fields))
      refuse(spec, `${name} has no "${field}", it has ${Object.keys(fields).slice(0, 9).join(", ") || "nothing"}`);
    return toNumbers(spec, `${name}.${field}`, fields[field]);
  });
}

export interface Examples {
  next(): unknown;
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

export async function collect(
  spec: string,
  where: string,
  examples: Examples,
  { exampleRank, inputs, outputs }: ExampleForm,
): Promise<{ readonly x: readonly Numbers[]; readonly y: readonly Numbers[]; readonly w: Numbers | undefined }> {
  const rows = {
    x: (inputs ?? [""]).map(() => new Rows()),
    y: (outputs ?? [""]).map(() => new Rows()),
    w: [new Rows()],
  };
  let hasWeights = false;
  let lastTurn = performance.now();
  for (let at = 0; ; at++) {
    const { value, done } = (await examples.next()) as IteratorResult<unknown>;
    if (done === true) break;
    const fields = asObject(value);
    if (fields === undefined) refuse(spec, `example ${at} is ${kindOf(value)}`);
    const [x, y, w] = Array.isArray(value)
      ? value
      : [fields["x"] ?? fields["xs"], fields["y"] ?? fields["ys"], fields["w"]];
    if (at === 0) hasWeights = w !== undefined;
    if (hasWeights !== (w !== undefined)) refuse(spec, `example ${hasWeights ? at : 0} has no weight, others have`);
    const own = toFields(spec, `${where}x of example ${at}`, x, inputs);
    const targets = toFields(spec, `${where}y of example ${at}`, y, outputs);
    const count = own[0]?.shape[0];
    const isBatch = (own[0]?.shape.length ?? 0) - 1 === exampleRank && targets.every(({ shape }) => shape[0] === count);
    for (const [name, given] of [
      ["x", own],
      ["y", targets],
      ["w", w === undefined ? [] : [toNumbers(spec, `${where}w of example ${at}`, w)]],
    ] as const) {
      for (const [field, numbers] of given.entries()) {
        const shape = isBatch ? numbers.shape.slice(1) : numbers.shape;
        const first = rows[name][field]?.add(numbers, shape);
        if (first !== undefined) {
          refuse(spec, `${name} of example ${at} has shape [${shape}], the first has [${first}]`);
        }
      }
    }
    for (const given of [x, y, w]) disposeTensors(given);
    const bytes = [...rows.x, ...rows.y, ...rows.w].reduce((sum, each) => sum + each.bytes, 0);
    if (bytes > MOST_BYTES) refuse(spec, `it gives more than ${MOST_BYTES / 2 ** 30} GiB`);
    if (performance.now() - lastTurn > TURN_MS) {
      // What comes without waiting would let nobody else have a turn: who wants to stop the run, for one.
      await new Promise((resolve) => setImmediate(resolve));
      lastTurn = performance.now();
    }
  }
  if (rows.x[0]?.bytes === 0) refuse(spec, `${where || "it "}gives no examples`);
  return {
    x: rows.x.map((each) => each.finish()),
    y: rows.y.map((each) => each.finish()),
    w: hasWeights ? rows.w[0]?.finish() : undefined,
  };
}
