/** Texts that a run's models are asked to go on with, one question after the other, until the asker goes. */
import { on } from "node:events";
import { type WritingMessage, writingJobSchema, writingQuestionSchema } from "../protocol/writing.ts";
import { openRun, readRecord } from "../runs/record/store.ts";
import { endWithAsker, sayToAsker } from "./askerChannel.ts";
import { loadRunWriter, type RunWriter } from "./runWriter.ts";
import { describeFailure, EXIT } from "./train.ts";

/** @param text the job as JSON @returns the exit code, where the models cannot be had */
export async function answerWriting(text: string): Promise<number> {
  const job = writingJobSchema.parse(JSON.parse(text));
  endWithAsker(EXIT.stopped);
  // From here on: questions may come while the model is loaded.
  const questions = on(process, "message");
  const run = await openRun(job.run);
  const explain = async (thrown: unknown) => describeFailure(thrown, (await readRecord(run)).plan.modelFile);
  let writer: RunWriter;
  try {
    writer = await loadRunWriter(run, job, (note) => void say({ note }));
  } catch (thrown) {
    const error = await explain(thrown);
    await say({ error });
    return EXIT[error.kind];
  }
  await say({ ready: true });
  for await (const [message] of questions) {
    const { id, texts } = writingQuestionSchema.parse(message);
    try {
      await say({ id, written: writer.write(texts) });
    } catch (thrown) {
      await say({ id, error: await explain(thrown) });
    }
  }
  return EXIT.done;
}

const say = (message: WritingMessage): Promise<void> => sayToAsker(message);
