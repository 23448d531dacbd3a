/** `compact.json`, which a run that has ended leaves beside its record. */
import { type Compaction, compactionSchema } from "../../protocol/compaction.ts";
import { readJsonFile, writeJsonFile } from "../files/jsonFile.ts";
import { compactionPath, type Run } from "../files/layout.ts";

/** @throws WhittleError when it cannot be written */
export const writeCompaction = (run: Run, compaction: Compaction): Promise<void> =>
  writeJsonFile(compactionPath(run), compaction);

/** @returns undefined where the run has none @throws WhittleError naming the file when it is damaged */
export const readCompaction = (run: Run): Promise<Compaction | undefined> =>
  readJsonFile(compactionPath(run), compactionSchema, "sizes of a smaller network");
