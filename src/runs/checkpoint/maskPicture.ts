/** The mask of a layer out of the newest checkpoint, made small enough to be looked at. Reads that tensor and no other. */
import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../../protocol/errors.ts";
import type { MaskPicture } from "../../protocol/panel.ts";
import type { Units } from "../../protocol/units.ts";
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
 * @param units of the layer, where they are known
 * @returns undefined when there is no checkpoint, or it has no mask for this layer
 * @throws WhittleError when the checkpoint cannot be read
 */
export async function readMaskPicture(run: Run, layer: string, units?: Units): Promise<MaskPicture | undefined> {
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
      return place === undefined ? undefined : await draw(handle, place, { layer, seq, units });
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

interface Subject {
  readonly layer: string;
  readonly seq: number;
  readonly units: Units | undefined;
}

/** Where units are not known, or not of this tensor, the last axis counts rows. */
async function draw(handle: FileHandle, place: TensorPlace, { layer, seq, units }: Subject): Promise<MaskPicture> {
  const known = units !== undefined && place.count % (units.count * units.stride) === 0 ? units : undefined;
  const { count: rows, stride } = known ?? { count: place.shape.at(-1) ?? 1, stride: 1 };
  const columns = rows === 0 ? 0 : place.count / rows;
  const scale = Math.max(1, Math.ceil(Math.max(rows, columns) / LONGEST_SIDE));
  const [width, height] = [Math.ceil(columns / scale), Math.ceil(rows / scale)];
  const kept = new Uint32Array(width * height);
  const [usedColumns, usedRows] = [new Uint8Array(columns), new Uint8Array(rows)];
  for (let done = 0; done < place.count; done += WEIGHTS_A_TIME) {
    const count = Math.min(WEIGHTS_A_TIME, place.count - done);
    const bytes = await readAt(handle, HEADER_START + place.headerLength + place.begin + done * BYTES, count * BYTES);
    const values = new Float32Array(bytes.buffer);
    for (let i = 0; i < count; i += 1) {
      if (values[i] !== 0) {
        const [block, within] = [Math.floor((done + i) / stride), (done + i) % stride];
        const [column, row] = [Math.floor(block / rows) * stride + within, block % rows];
        const pixel = Math.floor(row / scale) * width + Math.floor(column / scale);
        kept[pixel] = (kept[pixel] ?? 0) + 1;
        usedColumns[column] = 1;
        usedRows[row] = 1;
      }
    }
  }
  const pixels = Uint8Array.from(kept, (count, pixel) => {
    const wide = Math.min(scale, columns - (pixel % width) * scale);
    const high = Math.min(scale, rows - Math.floor(pixel / width) * scale);
    // A single weight that is left still shows.
    return count === 0 ? 0 : Math.max(24, Math.round((255 * count) / (wide * high)));
  });
  const sum = (values: Iterable<number>): number => {
    let all = 0;
    for (const one of values) all += one;
    return all;
  };
  return {
    layer,
    seq,
    columns,
    rows,
    ...(known === undefined ? {} : { of: known.of }),
    width,
    height,
    scale,
    kept: sum(kept),
    columnsUsed: sum(usedColumns),
    rowsUsed: sum(usedRows),
    base64: Buffer.from(pixels).toString("base64"),
  };
}
