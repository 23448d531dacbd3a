/** The mask of a layer out of the newest checkpoint, made small enough to be looked at. Reads that tensor and no other. */
import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../../protocol/errors.ts";
import type { MaskPicture } from "../../protocol/panel.ts";
import { explainFsError } from "../files/fsErrors.ts";
import { checkpointsPath, type Run } from "../files/layout.ts";
import { findTensor, type TensorPlace } from "./safetensors.ts";

/** Pixels */
const LONGEST_SIDE = 512;
/** Weights that are read at once: a fraction of a millisecond of counting, then others have their turn. */
const WEIGHTS_A_TIME = 1 << 16;
const HEADER_START = 8;
const BYTES = Float32Array.BYTES_PER_ELEMENT;

/**
 * @returns undefined when there is no checkpoint, or it has no mask for this layer
 * @throws WhittleError when the checkpoint cannot be read
 */
export async function readMaskPicture(run: Run, layer: string): Promise<MaskPicture | undefined> {
  // A training process drops old checkpoints: the one that was found may be gone when it is opened.
  for (let attempt = 0; ; attempt += 1) {
    const seq = await findNewest(run);
    if (seq === undefined) {
      return undefined;
    }
    const file = join(checkpointsPath(run), `${seq}.safetensors`);
    let handle: FileHandle;
    try {
      handle = await open(file, "r");
    } catch (error) {
      if (errorCode(error) === "ENOENT" && attempt < 3) {
        continue;
      }
      throw explainFsError(error, file, "read");
    }
    try {
      const place = findTensor(await readHeader(handle), `mask:${layer}`);
      return place === undefined ? undefined : await draw(handle, place, layer, seq);
    } finally {
      await handle.close();
    }
  }
}

async function findNewest(run: Run): Promise<number | undefined> {
  try {
    const names = await readdir(checkpointsPath(run));
    const seqs = names.flatMap((name) => /^(\d+)\.safetensors$/.exec(name)?.[1] ?? []).map(Number);
    return seqs.length === 0 ? undefined : Math.max(...seqs);
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      return undefined;
    }
    throw explainFsError(error, checkpointsPath(run), "read");
  }
}

/** The bytes up to the tensors. */
async function readHeader(handle: FileHandle): Promise<Uint8Array> {
  const start = await readAt(handle, 0, HEADER_START);
  const length = Number(new DataView(start.buffer, start.byteOffset).getBigUint64(0, true));
  const { size } = await handle.stat();
  if (length > size - HEADER_START) {
    throw new Error("the checkpoint is shorter than its header");
  }
  return readAt(handle, HEADER_START, length);
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(length);
  const { bytesRead } = await handle.read({ buffer, position });
  if (bytesRead !== length) {
    throw new Error("the checkpoint ends too soon");
  }
  return buffer;
}

/** The last axis counts units, see `pruning/masks.ts`; all others together are inputs. */
async function draw(handle: FileHandle, place: TensorPlace, layer: string, seq: number): Promise<MaskPicture> {
  const units = place.shape.at(-1) ?? 1;
  const inputs = units === 0 ? 0 : place.count / units;
  const scale = Math.max(1, Math.ceil(Math.max(units, inputs) / LONGEST_SIDE));
  const [width, height] = [Math.ceil(inputs / scale), Math.ceil(units / scale)];
  const kept = new Uint32Array(width * height);
  const [usedInputs, aliveUnits] = [new Uint8Array(inputs), new Uint8Array(units)];
  for (let done = 0; done < place.count; done += WEIGHTS_A_TIME) {
    const count = Math.min(WEIGHTS_A_TIME, place.count - done);
    const bytes = await readAt(handle, HEADER_START + place.headerLength + place.begin + done * BYTES, count * BYTES);
    const values = new Float32Array(bytes.buffer);
    for (let i = 0; i < count; i += 1) {
      if (values[i] !== 0) {
        const [input, unit] = [Math.floor((done + i) / units), (done + i) % units];
        const pixel = Math.floor(unit / scale) * width + Math.floor(input / scale);
        kept[pixel] = (kept[pixel] ?? 0) + 1;
        usedInputs[input] = 1;
        aliveUnits[unit] = 1;
      }
    }
  }
  const pixels = Uint8Array.from(kept, (count, pixel) => {
    const columns = Math.min(scale, inputs - (pixel % width) * scale);
    const rows = Math.min(scale, units - Math.floor(pixel / width) * scale);
    // A single weight that is left still shows.
    return count === 0 ? 0 : Math.max(24, Math.round((255 * count) / (columns * rows)));
  });
  const sum = (values: Iterable<number>): number => {
    let all = 0;
    for (const one of values) all += one;
    return all;
  };
  return {
    layer,
    seq,
    inputs,
    units,
    width,
    height,
    scale,
    kept: sum(kept),
    inputsUsed: sum(usedInputs),
    unitsAlive: sum(aliveUnits),
    base64: Buffer.from(pixels).toString("base64"),
  };
}
