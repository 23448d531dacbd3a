/** Weights out of a safetensors file, by its own package for Python where that is installed, put into the network they are of. */
import { readFile } from "node:fs/promises";
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import { nameWeights } from "../../models/weightNames.ts";
import { messageOf, WhittleError } from "../../protocol/errors.ts";
import { decodeSafetensors, type StoredTensor } from "../../runs/checkpoint/safetensors.ts";
import { predictValues } from "./predict.ts";
import { findPython, readArrays } from "./python.ts";
import type { ModelReader } from "./reader.ts";

type Tensors = ReadonlyMap<string, StoredTensor>;

export const safetensorsReader: ModelReader = {
  format: "safetensors",
  async run(file, inputs, { tf, compact }) {
    const { reader, tensors } = await readTensors(file);
    const before = compact.getWeights().map((weight) => weight.clone());
    try {
      putTensors(tf, compact, tensors, file);
      return { reader, outputs: predictValues(tf, compact, inputs) };
    } finally {
      compact.setWeights(before);
      tf.dispose(before);
    }
  },
};

async function readTensors(file: string): Promise<{ readonly reader: string; readonly tensors: Tensors }> {
  try {
    const python = await findPython("safetensors", "numpy");
    if (python === undefined) return { reader: "Whittle", tensors: decodeSafetensors(await readFile(file)).tensors };
    const tensors = await readArrays(python.program, SCRIPT, file);
    return { reader: `safetensors ${python.version} (Python)`, tensors };
  } catch (error) {
    throw new WhittleError(`${file} is no whole safetensors file: ${messageOf(error)}`, {
      remedy: "Export the run again.",
      cause: error,
    });
  }
}

const SCRIPT = `
from safetensors import safe_open
with safe_open(sys.argv[1], framework="numpy") as file:
    arrays = {name: file.get_tensor(name) for name in file.keys()}
`;

function putTensors(tf: TF, model: Tf.LayersModel, tensors: Tensors, file: string): void {
  const names = nameWeights(model);
  const unknown = new Set(tensors.keys());
  for (const [weight, name] of names) {
    const tensor = tensors.get(name);
    const shape = weight.read().shape;
    if (tensor === undefined || tensor.shape.join() !== shape.join()) {
      const what = tensor === undefined ? "is missing" : `has shape [${tensor.shape.join(", ")}]`;
      throw new WhittleError(`${file} is not of this run: ${name} [${shape.join(", ")}] ${what}.`, {
        remedy: "Name the run that it was exported from, or export that again.",
      });
    }
    unknown.delete(name);
    tf.tidy(() => (weight.read() as Tf.Variable).assign(tf.tensor(tensor.values, shape, "float32")));
  }
  const [extra] = unknown;
  if (extra === undefined) return;
  throw new WhittleError(`${file} is not of this run: its network has no ${extra}.`, {
    remedy: "Name the run that it was exported from, or export that again.",
  });
}
