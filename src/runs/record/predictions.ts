/** `predictions.json`, which a run that has ended leaves beside its record. */
import { type Predictions, predictionsSchema } from "../../protocol/predictions.ts";
import { readJsonFile, writeJsonFile } from "../files/jsonFile.ts";
import { predictionsPath, type Run } from "../files/layout.ts";

/** @throws WhittleError when it cannot be written */
export const writePredictions = (run: Run, predictions: Predictions): Promise<void> =>
  writeJsonFile(predictionsPath(run), predictions);

/** @returns undefined where the run has none @throws WhittleError naming the file when it is damaged */
export const readPredictions = (run: Run): Promise<Predictions | undefined> =>
  readJsonFile(predictionsPath(run), predictionsSchema, "predictions");
