/** `whittle run` and `whittle resume`: both train, show progress and end with the same report. */
import { TrainingController } from "../controller/controller.ts";
import { mergeSettings } from "../models/settings.ts";
import { usageError, WhittleError } from "../protocol/errors.ts";
import type { RunPlan } from "../protocol/run.ts";
import type { Run } from "../runs/files/layout.ts";
import { readEvents } from "../runs/log/eventLog.ts";
import { readRecord } from "../runs/record/store.ts";
import { attendTraining, type Ending } from "./attend.ts";
import { createDisplay } from "./display.ts";
import { finishTraining } from "./finish.ts";
import { describeFit } from "./fitRemark.ts";
import { type CommonOptions, type DetachOptions, findRunOf, runsDirOf } from "./options.ts";
import { printDocument, printLine, printNote } from "./output.ts";
import { collectOverrides, type SettingOptions } from "./overrides.ts";
import { describeTwin } from "./report.ts";
import { findTarget } from "./target.ts";
import { locateTrainer } from "./trainerFile.ts";

export async function startRun(
  argument: string,
  options: CommonOptions & DetachOptions & SettingOptions & { readonly denseTwin?: boolean; readonly name?: string },
): Promise<void> {
  if (options.denseTwin && (options.detach || options.from !== undefined)) {
    throw usageError(
      `--dense-twin does not go with ${options.detach ? "--detach" : "--from"}.`,
      options.detach
        ? "Leave one of them out: the twin starts when this run ends."
        : "How long the model to begin with was trained is not known: leave --dense-twin out.",
    );
  }
  const { modelFile, exportName, name: ofModel } = findTarget(argument);
  const name = options.name ?? ofModel;
  const plan = { modelFile, exportName, overrides: await collectOverrides(options) };
  const fit = await describeFit(plan);
  const controller = createController(options);
  const run = await controller.start(runsDirOf(options), plan, name);
  if (options.detach) {
    if (fit !== undefined) printNote(fit);
    return leave(controller, run, options.json ?? false);
  }
  const ending = await stay(controller, run, [`run ${run.id}`, ...(fit === undefined ? [] : [fit])], options);
  if (!options.denseTwin || ending.status !== "done") return finishTraining(run, ending, options);
  if (!options.json) finishTraining(run, ending, options);
  await trainTwin(run, ending, plan, name, options);
}

/** A dense model with the epochs of the whole run: a fair reference of what pruning has cost, or gained. */
async function trainTwin(
  run: Run,
  { result: pruned, metric }: Extract<Ending, { status: "done" }>,
  plan: RunPlan,
  name: string,
  options: CommonOptions,
): Promise<void> {
  const overrides = mergeSettings(plan.overrides, { epochs: pruned.epochs, pruning: { maxEpochs: 0 } });
  const controller = createController({});
  const twin = await controller.start(runsDirOf(options), { ...plan, overrides, twinOf: run.id }, `${name} dense twin`);
  const ending = await stay(controller, twin, [`dense twin ${twin.id}, ${pruned.epochs} epochs`], options);
  if (ending.status !== "done") return finishTraining(twin, ending, options);
  if (options.json) return printDocument({ ...pruned, denseTwin: ending.result });
  printLine();
  const denseEpochs = (await readRecord(run)).settings?.epochs;
  printLine(describeTwin(pruned, ending.result, metric, denseEpochs));
}

export async function resumeRun(id: string, options: CommonOptions & DetachOptions): Promise<void> {
  const run = await findRunOf(id, options);
  const before = await readEvents(run);
  const controller = createController(options);
  await controller.resume(run);
  if (options.detach) return leave(controller, run, options.json ?? false);
  finishTraining(run, await stay(controller, run, [`run ${run.id}`], options, before), options);
}

function createController(options: DetachOptions): TrainingController {
  return new TrainingController({ trainerFile: locateTrainer(), detached: options.detach === true });
}

async function stay(
  controller: TrainingController,
  run: Run,
  notes: readonly string[],
  { json = false }: CommonOptions,
  before: Awaited<ReturnType<typeof readEvents>> = [],
): Promise<Ending> {
  const display = createDisplay({ json });
  for (const note of notes) display.note(note);
  const ending = await attendTraining(controller, run, display, before);
  controller.dispose();
  return ending;
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
