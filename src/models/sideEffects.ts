/**
 * Files that people have do more than define a model: they train it, read arguments, end the process. While and after such
 * a file is loaded, trainings of its own wait for ever, which tells its other code nothing, and `process.exit` is an error.
 */
import type { LayersModel } from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { WhittleError } from "../protocol/errors.ts";
import { lineInFile, placeOf } from "./loadErrors.ts";
import type { OwnTraining } from "./ownTraining.ts";
import { TRAINING_METHODS } from "./scan/training.ts";

export type OnOwnTraining = (training: OwnTraining) => void;

const NO_TRAINING: OnOwnTraining = () => undefined;

/** The trainings of a file may begin long after it is loaded; they go on waiting. */
export async function withoutSideEffects<T>(
  tf: TF,
  file: string,
  onOwnTraining: OnOwnTraining = NO_TRAINING,
  load: () => Promise<T>,
): Promise<T> {
  suspendTrainings(tf, file, onOwnTraining);
  const { argv, exit } = process;
  // Programs that read arguments find none.
  process.argv = [argv[0] ?? "node", file];
  process.exit = (code) => {
    const error = new Error();
    throw new WhittleError(`${placeOf(error, file)} ends the process (exit code ${code ?? 0}) while it is loaded.`, {
      remedy: "Put what makes the model into a file of its own, which this one imports.",
    });
  };
  try {
    return await load();
  } finally {
    process.argv = argv;
    process.exit = exit;
  }
}

function suspendTrainings(tf: TF, file: string, onOwnTraining: OnOwnTraining): void {
  for (const { prototype } of [tf.LayersModel, tf.Sequential]) {
    for (const method of TRAINING_METHODS) {
      Reflect.set(prototype, method, function (this: LayersModel, ...given: unknown[]) {
        onOwnTraining({ method, line: lineInFile(new Error(), file), model: this, given });
        return new Promise(() => undefined);
      });
    }
  }
}
