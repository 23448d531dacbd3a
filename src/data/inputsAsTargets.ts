/** Data for models that give back what they are given, such as autoencoders. */
import { WhittleError } from "../protocol/errors.ts";
import { type AnyDataSet, type Example, isStreamed, mapStream, type Split, sizeOf } from "./types.ts";

/** Bytes of the targets of one split. */
const MOST_BYTES = 2 ** 31;

/**
 * Each example, as a network sees it, is its own target; those that the data has are left out, weights stay.
 * @throws WhittleError where the targets of a split do not fit into memory beside it
 */
export function withInputsAsTargets(data: AnyDataSet): AnyDataSet {
  const { classes: _classes, classNames: _names, train: _train, validation, test, ...rest } = data;
  const scaled = (values: Example["x"]): Float32Array =>
    Float32Array.from(values, (value) => value * data.scale + data.offset);
  const ofSplit = (split: Split): Split => {
    const bytes = split.x.length * Float32Array.BYTES_PER_ELEMENT;
    if (bytes > MOST_BYTES) {
      throw new WhittleError(`The examples of "${data.spec}" do not fit into memory as targets as well.`, {
        remedy: "Give fewer of them, or stream them.",
      });
    }
    return { ...split, y: scaled(split.x) };
  };
  const common = {
    ...rest,
    yShape: data.xShape.length === 0 ? [sizeOf(data.xShape)] : data.xShape,
    ...(data.xFields === undefined ? {} : { yFields: data.xFields }),
    validation: ofSplit(validation),
    test: ofSplit(test),
  };
  return isStreamed(data)
    ? { ...common, train: mapStream(data.train, (example) => ({ ...example, y: scaled(example.x) })) }
    : { ...common, train: ofSplit(data.train) };
}
