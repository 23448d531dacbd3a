/** The masks of the user's own model as an .npz: `numpy.load(file)["fc1/kernel"]` is 1 where a weight is left. */
import { type Zippable, zipSync } from "fflate";
import { nameWeights } from "../models/weightNames.ts";
import type { ExportFormat } from "./format.ts";

/** The earliest that a zip can say: the same masks make the same file. */
const MADE_AT = new Date(1980, 0, 1);
const MAGIC = Buffer.from("\x93NUMPY\x01\x00", "latin1");
/** What comes before the values has a length that this divides. */
const ALIGNED_TO = 64;

export const masks: ExportFormat = {
  name: "masks",
  async encode({ original }) {
    const files: Zippable = Object.create(null);
    for (const [weight, name] of nameWeights(original.model)) {
      const mask = original.masks.get(name);
      if (mask === undefined) continue;
      files[`${name}.npy`] = [encodeNpy(weight.read().shape, Uint8Array.from(mask)), { mtime: MADE_AT }];
    }
    return new Map([["masks.npz", zipSync(files)]]);
  },
};

/** NumPy's NPY format, version 1 (numpy.lib.format). @param values row-major */
function encodeNpy(shape: readonly number[], values: Uint8Array): Uint8Array {
  // A Python tuple.
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${dimensions}), }`;
  const start = MAGIC.length + 2;
  const length = Math.ceil((start + header.length + 1) / ALIGNED_TO) * ALIGNED_TO - start;
  const size = Buffer.alloc(2);
  size.writeUInt16LE(length);
  return Buffer.concat([MAGIC, size, Buffer.from(`${header.padEnd(length - 1)}\n`, "latin1"), values]);
}
