/** `whittle pause`, `unpause` and `stop`: steer a run that some process trains. */
import { TrainingController } from "../controller/controller.ts";
import { type CommonOptions, findRunOf } from "./options.ts";
import { printDocument, printLine } from "./output.ts";
import { locateTrainer } from "./trainerFile.ts";

const DONE_WORDS = {
  pause: "pauses after its current step",
  unpause: "goes on",
  stop: "is not being trained",
} as const;

/** Stopping waits until the process has ended, and is no error for a run that nobody trains. */
export async function steerRun(action: keyof typeof DONE_WORDS, id: string, options: CommonOptions): Promise<void> {
  const run = await findRunOf(id, options);
  const controller = new TrainingController({ trainerFile: locateTrainer(), detached: true });
  await controller[action](run);
  const { state } = await controller.status(run);
  controller.dispose();
  if (options.json) {
    printDocument({ id: run.id, state });
  } else {
    printLine(`Run ${run.id} ${DONE_WORDS[action]} (${state}).`);
  }
}
