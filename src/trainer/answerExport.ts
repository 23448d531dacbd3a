/** An export job from the request to the answer: notes, then a report or an error, as messages to whoever started the process. */
import { type ExportMessage, exportJobSchema } from "../protocol/modelExport.ts";
import { openRun, readRecord } from "../runs/record/store.ts";
import { endWithAsker, sayToAsker } from "./askerChannel.ts";
import { runExportJob } from "./exportRun.ts";
import { describeFailure, EXIT } from "./train.ts";

/** @param text the job as JSON @returns the exit code */
export async function answerExport(text: string): Promise<number> {
  const job = exportJobSchema.parse(JSON.parse(text));
  endWithAsker(EXIT.stopped);
  try {
    const report = await runExportJob(job, (note) => void say({ note }));
    await say({ report });
    return EXIT.done;
  } catch (thrown) {
    const { plan } = await readRecord(await openRun(job.run));
    const error = describeFailure(thrown, plan.modelFile);
    await say({ error });
    return EXIT[error.kind];
  }
}

const say = (message: ExportMessage): Promise<void> => sayToAsker(message);
