/** `data.json`: what is in the data that a user's own code gave a run, since nobody else can tell. */
import { type DataDescription, dataDescriptionSchema } from "../../protocol/dataDescription.ts";
import { readJsonFile, writeJsonFile } from "../files/jsonFile.ts";
import { dataPath, type Run } from "../files/layout.ts";

/** @throws WhittleError when it cannot be written */
export const writeDataDescription = (run: Run, description: DataDescription): Promise<void> =>
  writeJsonFile(dataPath(run), description);

/** @returns undefined where the run has none @throws WhittleError naming the file when it is damaged */
export const readDataDescription = (run: Run): Promise<DataDescription | undefined> =>
  readJsonFile(dataPath(run), dataDescriptionSchema, "figures of data");
