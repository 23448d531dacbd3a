/** Reading and writing `predictions.json`, which a run that has ended leaves beside its record. */
import { readFile } from "node:fs/promises";
import writeFileAtomic from "write-file-atomic";
import { errorCode, messageOf, WhittleError } from "../../protocol/errors.ts";
import { type Predictions, predictionsSchema } from "../../protocol/predictions.ts";
import { explainFsError } from "../files/fsErrors.ts";
import { predictionsPath, type Run } from "../files/layout.ts";

/** @throws WhittleError when it cannot be written */
export async function writePredictions(run: Run, predictions: Predictions): Promise<void> {
  try {
    await writeFileAtomic(predictionsPath(run), `${JSON.stringify(predictions)}\n`);
  } catch (error) {
    throw explainFsError(error, predictionsPath(run));
  }
}

/** @returns undefined where the run has none @throws WhittleError naming the file when it is damaged */
export async function readPredictions(run: Run): Promise<Predictions | undefined> {
  const file = predictionsPath(run);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      return undefined;
    }
    throw explainFsError(error, file, "read");
  }
  try {
    return predictionsSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new WhittleError(
      `${file} holds no predictions that this Whittle knows (${messageOf(error).slice(0, 200)}).`,
      {
        remedy: "Run the model again to have them; nothing else of the run is touched by it.",
        cause: error,
      },
    );
  }
}
