/** Classes that count more, or less, than others while a network is trained: `class_weight` of Keras. */
import { WhittleError } from "../protocol/errors.ts";
import { type AnyDataSet, type Example, isStreamed, mapStream, type Split, sizeOf } from "./types.ts";

/** How targets tell a class: one for each number, or one for as many as there are. */
interface Classes {
  readonly count: number;
  /** What of an example has a class, as `wShape` says it. */
  readonly shape: readonly number[];
  /** @param at of what has a class, over all examples */
  read(y: Example["y"], at: number): number;
}

/**
 * Training examples with the weights of their classes beside their own (Σ w·l / number of l, as `fit` of TensorFlow.js computes it).
 * Other splits count as before, so that metrics and decisions stay what they are.
 *
 * @param classWeights by id from 0, or by name where the data have names; others have 1
 * @throws WhittleError where targets are no classes, or one is named that the data do not have
 */
export function withClassWeights(data: AnyDataSet, classWeights: Readonly<Record<string, number>>): AnyDataSet {
  if (Object.keys(classWeights).length === 0) return data;
  const classes = classesOf(data);
  const weights = weightsById(data, classes.count, classWeights);
  const [own, parts] = [sizeOf(data.wShape ?? []), sizeOf(classes.shape)];
  const size = Math.max(own, parts);
  /** @param y absent where classes do not count */
  const weigh = (w: Example["w"], count: number, y?: Example["y"]): Float32Array =>
    Float32Array.from({ length: count * size }, (_, at) => {
      const weight = w?.[Math.floor((at * own) / size)] ?? 1;
      return y === undefined ? weight : weight * (weights[classes.read(y, Math.floor((at * parts) / size))] ?? 1);
    });
  const held = (split: Split): Split => ({ ...split, w: weigh(split.w, split.count) });
  const { train: _train, ...rest } = data;
  const common = {
    ...rest,
    wShape: own > parts ? (data.wShape ?? []) : classes.shape,
    validation: held(data.validation),
    test: held(data.test),
  };
  if (isStreamed(data)) {
    return { ...common, train: mapStream(data.train, ({ x, y, w }) => ({ x, y, w: weigh(w, 1, y) })) };
  }
  const { train } = data;
  return { ...common, train: { ...train, w: weigh(train.w, train.count, train.y) } };
}

function classesOf({ spec, classes, yShape, yFields }: AnyDataSet): Classes {
  const [width = 1, ...others] = yShape;
  if (classes !== undefined) return { count: classes, shape: yShape, read: (y, at) => y[at] ?? 0 };
  if (yFields !== undefined || others.length > 0) refuse(spec);
  if (width === 1) return { count: 2, shape: [], read: (y, at) => idOf(spec, y[at] ?? 0) };
  return { count: width, shape: [], read: (y, at) => hottest(spec, y, at * width, width) };
}

/** Of targets that are values, one for each of two classes. */
function idOf(spec: string, value: number): number {
  if (value !== 0 && value !== 1) refuse(spec, value);
  return value;
}

function hottest(spec: string, y: Example["y"], from: number, width: number): number {
  let most = 0;
  for (let at = 0; at < width; at++) {
    const value = y[from + at] ?? 0;
    if (value < 0 || value > 1) refuse(spec, value);
    if (value > (y[from + most] ?? 0)) most = at;
  }
  return most;
}

function refuse(spec: string, value?: number): never {
  const why = value === undefined ? "several" : `values such as ${value}`;
  throw new WhittleError(`Setting classWeights is of classes, but the targets of "${spec}" are ${why}.`, {
    remedy: "Leave it out; weights w in the data say how much each example counts.",
  });
}

function weightsById(
  { spec, classNames }: AnyDataSet,
  count: number,
  classWeights: Readonly<Record<string, number>>,
): Float32Array {
  const weights = new Float32Array(count).fill(1);
  for (const [name, weight] of Object.entries(classWeights)) {
    const named = classNames?.indexOf(name) ?? -1;
    const id = named >= 0 ? named : /^\d+$/.test(name) ? Number(name) : count;
    if (id >= count) {
      throw new WhittleError(`Setting classWeights names the class "${name}", which "${spec}" does not have.`, {
        remedy: `Name some of ${(classNames ?? Array.from(weights.keys())).slice(0, 20).join(", ")}.`,
      });
    }
    weights[id] = weight;
  }
  return weights;
}
