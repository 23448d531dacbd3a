/** What an HDF5 file holds, as far as Keras uses it: groups in groups, with texts as attributes, and arrays of numbers. */

export interface Hdf5Array {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A text, or a list of texts. */
export type Hdf5Text = string | readonly string[];

export interface Hdf5Group {
  readonly attributes: ReadonlyMap<string, Hdf5Text>;
  readonly groups: ReadonlyMap<string, Hdf5Group>;
  readonly arrays: ReadonlyMap<string, Hdf5Array>;
}

/** What is wrong with the bytes of a file, in words that complete "FILE …". */
export class ContentError extends Error {}

/** First bytes of every file. */
export const SIGNATURE = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);
/** An address of nothing. */
export const NOWHERE = 2n ** 64n - 1n;

/** Kinds of messages in the header of a group or an array. */
export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  fillValue: 0x05,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

/** Kinds of numbers and texts. */
export const DATATYPE = { integer: 0, float: 1, text: 3, variable: 9 } as const;
