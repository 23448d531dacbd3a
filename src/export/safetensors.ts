/**
 * The weights in one safetensors file: dense tensors by name and nothing beside them, so that `load_file` gives the weights. Masks
 * are in the metadata, 8 weights a byte (`numpy.packbits`) in base64.
 */
import { nameWeights } from "../models/weightNames.ts";
import { encodeSafetensors, type StoredTensor } from "../runs/checkpoint/safetensors.ts";
import type { ExportFormat, Masks } from "./format.ts";

export const safetensors: ExportFormat = {
  name: "safetensors",
  async encode({ model, masks, original, metadata }) {
    const tensors = new Map<string, StoredTensor>(
      [...nameWeights(model)].map(([weight, name]) => {
        const value = weight.read();
        return [name, { shape: value.shape, values: Float32Array.from(value.dataSync()) }];
      }),
    );
    const shapes = [...nameWeights(original.model)].map(([weight, name]) => [name, weight.read().shape] as const);
    const file = encodeSafetensors({
      tensors,
      metadata: {
        ...metadata,
        masks: JSON.stringify(Object.fromEntries(packAll(masks))),
        originalShapes: JSON.stringify(Object.fromEntries(shapes)),
      },
    });
    return new Map([["weights.safetensors", Buffer.concat(file)]]);
  },
};

function packAll(masks: Masks): [string, string][] {
  return [...masks].map(([name, mask]) => [name, packBits(mask).toString("base64")]);
}

/** The first of 8 is the highest bit. */
function packBits(mask: Float32Array): Buffer {
  const bytes = Buffer.alloc(Math.ceil(mask.length / 8));
  for (const [at, kept] of mask.entries()) {
    if (kept !== 0) bytes.writeUInt8(bytes.readUInt8(at >> 3) | (0x80 >> (at & 7)), at >> 3);
  }
  return bytes;
}
