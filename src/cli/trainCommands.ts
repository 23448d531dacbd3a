/** `whittle run` and `whittle resume`: both train, show progress and end with the same report. */
import { TrainingController } from "../controller/controller.ts";
import { WhittleError } from "../protocol/errors.ts";
import type { Run } from "../runs/files/layout.ts";
import { readEvents } from "../runs/log/eventLog.ts";
import { attendTraining } from "./attend.ts";
import { createDisplay } from "./display.ts";
import { finishTraining } from "./finish.ts";
import { type CommonOptions, type DetachOptions, findRunOf, runsDirOf } from "./options.ts";
import { printDocument, printLine } from "./output.ts";
import { collectOverrides, type SettingOptions } from "./overrides.ts";
import { findTarget } from "./target.ts";
import { locateTrainer } from "./trainerFile.ts";

export async function startRun(
  argument: string,
  options: CommonOptions & DetachOptions & SettingOptions,
): Promise<void> {
  const { modelFile, exportName, name } = findTarget(argument);
  const plan = { modelFile, exportName, overrides: await collectOverrides(options) };
  const controller = createController(options);
  const run = await controller.start(runsDirOf(options), plan, name);
  await stayOrLeave(controller, run, options);
}

export async function resumeRun(id: string, options: CommonOptions & DetachOptions): Promise<void> {
  const run = await findRunOf(id, options);
  const before = await readEvents(run);
  const controller = createController(options);
  await controller.resume(run);
  await stayOrLeave(controller, run, options, before);
}

function createController(options: DetachOptions): TrainingController {
  return new TrainingController({ trainerFile: locateTrainer(), detached: options.detach === true });
}

async function stayOrLeave(
  controller: TrainingController,
  run: Run,
  options: CommonOptions & DetachOptions,
  before: Awaited<ReturnType<typeof readEvents>> = [],
): Promise<void> {
  const { json = false, verbose = false } = options;
  if (options.detach) {
    await leave(controller, run, json);
    return;
  }
  const display = createDisplay({ json });
  display.note(`run ${run.id}`);
  const ending = await attendTraining(controller, run, display, before);
  controller.dispose();
  finishTraining(run, ending, { json, verbose });
}

async function leave(controller: TrainingController, run: Run, json: boolean): Promise<void> {
  const { state } = await controller.status(run);
  controller.dispose();
  if (state === "interrupted") {
    throw new WhittleError(`The training process of run ${run.id} ended at once.`, {
      remedy: `See trainer.log in ${run.dir}.`,
    });
  }
  if (json) {
    printDocument({ id: run.id, status: state, dir: run.dir });
    return;
  }
  printLine(`Run ${run.id} goes on without this terminal.`);
  printLine(`  whittle log ${run.id} --follow   what happens`);
  printLine(`  whittle stop ${run.id}           stop it, with a checkpoint`);
}
