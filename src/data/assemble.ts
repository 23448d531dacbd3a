/** From examples as a source gives them to a data set with three splits, cut from the seed where the source has none. */
import { createHash } from "node:crypto";
import { copyRows } from "./batches.ts";
import { type CutOptions, cutSplits } from "./cut.ts";
import { type DataSet, type Split, type Stream, type StreamedDataSet, sizeOf } from "./types.ts";

export interface Source extends Omit<DataSet, "sha256" | "train" | "validation" | "test"> {
  readonly train: Split;
  readonly validation?: Split | undefined;
  readonly test?: Split | undefined;
}

/** @throws WhittleError where there are too few examples to cut */
export function assemble(source: Source, options: CutOptions): DataSet {
  const { train: all, validation, test, ...rest } = source;
  const digest = createHash("sha256");
  for (const split of [all, validation, test]) digest.update(split === undefined ? "none;" : hashOf(split));
  const splits = cutSplits(
    source.spec,
    { train: all, validation, test },
    { countOf: ({ count }) => count, pick: (split, picked) => pick(source, split, picked) },
    options,
  );
  return { ...rest, sha256: digest.digest("hex"), ...splits };
}

/** Nothing can be cut out of a stream. Its hash is that of what is known of it before it is trained on. */
export function assembleStreamed({ train: first, validation, test, ...rest }: Source, train: Stream): StreamedDataSet {
  if (validation === undefined || test === undefined)
    throw new Error("a streamed data set has a split of its own each");
  const digest = createHash("sha256").update(`stream of ${train.count};`);
  for (const split of [first, validation, test]) digest.update(hashOf(split));
  return { ...rest, sha256: digest.digest("hex"), train, validation, test };
}

function hashOf({ x, y, w }: Split): string {
  const digest = createHash("sha256");
  for (const values of [x, y, ...(w === undefined ? [] : [w])]) {
    digest.update(`${values.constructor.name} ${values.length};`);
    digest.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return digest.digest("hex");
}

/** The examples `picked`, in that order. */
function pick({ xShape, yShape, wShape = [] }: Source, { x, y, w }: Split, picked: Uint32Array): Split {
  return {
    count: picked.length,
    x: pickRows(x, sizeOf(xShape), picked),
    y: pickRows(y, sizeOf(yShape), picked),
    ...(w === undefined ? {} : { w: pickRows(w, sizeOf(wShape), picked) }),
  };
}

function pickRows<T extends Uint8Array | Float32Array | Int32Array>(values: T, size: number, picked: Uint32Array): T {
  const rows = new (values.constructor as new (length: number) => T)(picked.length * size);
  return copyRows(values, picked, size, rows);
}
