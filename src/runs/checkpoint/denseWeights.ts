/** `dense.safetensors`: the weights of a run's dense reference, by name, to see later what that model says of anything. */
import { readFileSync } from "node:fs";
import { errorCode, messageOf, WhittleError } from "../../protocol/errors.ts";
import { explainFsError } from "../files/fsErrors.ts";
import { densePath, type Run } from "../files/layout.ts";
import { type Checkpoint, hashTensors } from "./checkpoint.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
import { writeTensorFile } from "./tensorFile.ts";

type Tensors = Checkpoint["tensors"];

/** @throws WhittleError when it cannot be written; what was there before is then there still */
export function writeDenseWeights(run: Run, tensors: Tensors): void {
  writeTensorFile(densePath(run), encodeSafetensors({ tensors, metadata: { sha256: hashTensors(tensors) } }));
}

/** @returns undefined where the run has none @throws WhittleError naming the file when it is damaged */
export function readDenseWeights(run: Run): Tensors | undefined {
  const file = densePath(run);
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw explainFsError(error, file, "read");
  }
  try {
    const { tensors, metadata } = decodeSafetensors(bytes);
    if (hashTensors(tensors) !== metadata["sha256"]) throw new Error("its checksum is wrong");
    return tensors;
  } catch (error) {
    throw new WhittleError(`${file}, the dense reference of run ${run.id}, cannot be read: ${messageOf(error)}.`, {
      remedy: "Delete it to see the pruned model alone, or run the model again.",
      cause: error,
    });
  }
}
