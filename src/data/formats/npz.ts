/**
 * NumPy's NPZ files, as Keras publishes data sets: `x_train`, `y_train` and, where there are, `x_test`, `y_test`, `x_val`,
 * `y_val`; or `x` and `y`. `w_train` and so on, or `w`, are weights.
 */
import { unzipSync } from "fflate";
import { messageOf } from "../../protocol/errors.ts";
import { AGAIN_REMEDY, fail, findFile, MOST_BYTES, readPlain } from "../files.ts";
import { readGiven } from "../given/given.ts";
import type { DataSet } from "../types.ts";
import type { DataFormat, OpenOptions } from "./format.ts";
import { type NpyArray, readNpy } from "./npy.ts";

const NAMES_REMEDY = "Save it with numpy.savez(file, x_train=…, y_train=…, x_test=…, y_test=…), or with x and y.";

export const npz: DataFormat = { name: "npz", takes: "FILE", open: openNpz };

/** @param path as the user wrote it; relative to the working directory */
export async function openNpz(path: string, options: OpenOptions): Promise<DataSet> {
  const file = findFile(path, "npz:FILE");
  const arrays = readNpz(readPlain(file), file);
  const part = (...names: readonly string[]) => {
    const [x, y, w] = ["x", "y", "w"].map((axis) =>
      names.map((name) => arrays.get(axis + name)).find((each) => each !== undefined),
    );
    if ((x === undefined) !== (y === undefined)) {
      fail(
        `${file} has ${x === undefined ? "y" : "x"}${names[0]} without ${x === undefined ? "x" : "y"}${names[0]}.`,
        NAMES_REMEDY,
      );
    }
    if (x === undefined || y === undefined) return undefined;
    return { x: asTensor(x), y: asTensor(y), ...(w === undefined ? {} : { w: asTensor(w) }) };
  };
  const train = part("_train", "");
  if (train === undefined) {
    fail(
      `${file} has neither x_train and y_train, nor x and y; it has ${[...arrays.keys()].join(", ") || "nothing"}.`,
      NAMES_REMEDY,
    );
  }
  const given = { train, validation: part("_val", "_validation", "_valid"), test: part("_test") };
  const data = await readGiven(`npz:${path}`, given, options);
  // Bytes are pixels, as everywhere else.
  return data.train.x instanceof Uint8Array ? { ...data, scale: 1 / 255 } : data;
}

/** @param file for messages @returns its arrays by name @throws WhittleError naming the file, and the array where one is damaged */
export function readNpz(bytes: Uint8Array, file: string): ReadonlyMap<string, NpyArray> {
  let whole = 0;
  let files: ReturnType<typeof unzipSync>;
  try {
    files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        whole += originalSize;
        if (whole > MOST_BYTES) throw new Error(`its arrays take more than ${MOST_BYTES} bytes`);
        return name.endsWith(".npy");
      },
    });
  } catch (error) {
    fail(`${file} is no NPZ file, or damaged: ${messageOf(error)}.`, AGAIN_REMEDY, error);
  }
  return new Map(
    Object.entries(files).map(([name, array]) => {
      const key = name.slice(0, -".npy".length);
      return [key, readNpy(array, `${key} of ${file}`)];
    }),
  );
}

/** As `readGiven` takes it. */
function asTensor({ shape, values }: NpyArray) {
  return { shape, dataSync: () => values, dispose: () => undefined };
}
