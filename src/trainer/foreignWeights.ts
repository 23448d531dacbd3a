/** Weights by name out of files that other programs wrote: safetensors of any float, NumPy's NPZ. */
import { getFloat16 } from "@petamoriken/float16";
import { readNpz } from "../data/formats/npz.ts";
import { sizeOf } from "../data/types.ts";
import { type RawTensor, type StoredTensor, splitSafetensors } from "../runs/checkpoint/safetensors.ts";

/** Types of safetensors whose values are whole bytes. */
const WIDTHS = {
  ...{ F64: 8, F32: 4, F16: 2, BF16: 2, F8_E4M3: 1, F8_E5M2: 1 },
  ...{ I64: 8, U64: 8, I32: 4, U32: 4, I16: 2, U16: 2, I8: 1, U8: 1, BOOL: 1 },
};

const FLOATS: Readonly<Record<string, (view: DataView, at: number) => number>> = {
  F64: (view, at) => view.getFloat64(8 * at, true),
  F32: (view, at) => view.getFloat32(4 * at, true),
  F16: (view, at) => getFloat16(view, 2 * at, true),
  BF16: (view, at) => bfloatOf(view.getUint16(2 * at, true)),
};

const widened = new DataView(new ArrayBuffer(4));

/** bfloat16: the upper half of a float32. */
function bfloatOf(bits: number): number {
  widened.setUint16(0, bits);
  return widened.getFloat32(0);
}

export interface ForeignWeights {
  /** Rounded to float32. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Names of what is no weight: counters, masks. */
  readonly others: readonly string[];
}

/** @throws Error with a reason where the file is damaged */
export function readSafetensorsWeights(bytes: Uint8Array): ForeignWeights {
  const { tensors } = splitSafetensors(bytes, WIDTHS);
  return {
    tensors: new Map(
      tensors.flatMap((tensor) => {
        const values = floatsOf(tensor);
        return values === undefined ? [] : [[tensor.name, { shape: tensor.shape, values }]];
      }),
    ),
    others: tensors.filter(({ dtype }) => FLOATS[dtype] === undefined).map(({ name }) => name),
  };
}

/** @throws WhittleError naming the file */
export function readNpzWeights(bytes: Uint8Array, file: string): ForeignWeights {
  const arrays = [...readNpz(bytes, file)];
  return {
    tensors: new Map(arrays.map(([name, { shape, values }]) => [name, { shape, values: Float32Array.from(values) }])),
    others: [],
  };
}

function floatsOf({ dtype, shape, data }: RawTensor): Float32Array | undefined {
  const read = FLOATS[dtype];
  if (read === undefined) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const values = new Float32Array(sizeOf(shape));
  for (let at = 0; at < values.length; at += 1) values[at] = read(view, at);
  return values;
}
