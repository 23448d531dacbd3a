/** Makes a run ready to be trained: its data, its network, and what its record says of both. */
import { describeData } from "../data/describe.ts";
import { isStreamed } from "../data/types.ts";
import type { Runner } from "../engine/graph/runner.ts";
import { readCompiled } from "../models/compiled.ts";
import { resolveComplete } from "../models/settings.ts";
import { createTask } from "../models/task.ts";
import { isTextMetric } from "../models/textMetrics.ts";
import { isOwnData } from "../protocol/ownData.ts";
import type { RunRecord } from "../protocol/run.ts";
import type { Checkpoint } from "../runs/checkpoint/checkpoint.ts";
import type { Run } from "../runs/files/layout.ts";
import { writeDataDescription } from "../runs/record/dataDescription.ts";
import { updateRecord } from "../runs/record/store.ts";
import { writeTokenizer } from "../runs/record/tokenizer.ts";
import { createAugmentation } from "./augmentation.ts";
import { readInitialModel } from "./initialModel.ts";
import { createJudge } from "./judge.ts";
import type { LoadedParts, Telling } from "./loadParts.ts";
import { describeMatch, matchWeights } from "./matchWeights.ts";
import { createNetwork } from "./network.ts";
import { describeMachine, explainChange, keepSource } from "./provenance.ts";
import { provideData } from "./provideData.ts";
import { buildSeeded } from "./seededModel.ts";
import type { ShrinkParts } from "./shrinking.ts";
import { checkWriting } from "./writing.ts";

/** First examples of a user's own data that are kept to be looked at. */
const DESCRIBED_EXAMPLES = 24;

interface Given extends LoadedParts {
  readonly git: Promise<RunRecord["git"]>;
  readonly createRunner: () => Runner;
}

/** Data and model, as the loop takes them; and says in the run's record what they are. */
export async function prepare(
  run: Run,
  record: RunRecord,
  checkpoint: Checkpoint | undefined,
  { engine, definition, settings: known, git, createRunner }: Given,
  { emit, note }: Telling,
) {
  const { plan } = record;
  const model =
    checkpoint !== undefined && record.model !== undefined ? record.model : await keepSource(run, plan.modelFile);
  const layers = await buildSeeded(definition, known);
  const compiled = definition.compiled ?? readCompiled(engine.tf, layers);
  // Data, seed and engine are nothing that a model is compiled with, so they are known before.
  const settings =
    checkpoint === undefined
      ? resolveComplete(definition.settings, plan.overrides, {
          ...(definition.trainings?.taken === undefined ? {} : { data: "fit" }),
          ...compiled?.settings,
        })
      : known;
  if (checkpoint === undefined) {
    for (const what of compiled?.ignored ?? []) {
      emit({ type: "warning", message: `Not taken over from the model's compile: ${what}.` });
    }
  }
  const data = await provideData(engine.tf, definition, layers, settings, plan.modelFile, note);
  if (checkpoint !== undefined && record.data !== undefined && record.data.sha256 !== data.sha256) {
    throw explainChange(settings.data, record);
  }
  // A run that goes on has these, since its data are the same.
  if (checkpoint === undefined && isOwnData(settings.data)) {
    await writeDataDescription(run, describeData(data, DESCRIBED_EXAMPLES));
  }
  if (checkpoint === undefined && data.texts !== undefined) await writeTokenizer(run, data.texts.tokenizer.file);
  const task = createTask(engine.tf, layers, data, settings, definition, compiled);
  if (task.note !== undefined) note(task.note);
  if (isTextMetric(task.metric)) checkWriting(engine.tf, layers, data, settings);
  const augment = createAugmentation(engine.tf, settings.augmentation, task.inputShape, data);
  const initial =
    checkpoint === undefined && settings.initialModel !== undefined
      ? await readInitialModel(engine.tf, settings.initialModel, run, plan.modelFile)
      : undefined;
  const parts = {
    metric: task.metric,
    inputShape: task.inputShape,
    layers: settings.pruning.layers,
    granularity: settings.pruning.granularity,
    ignoreTarget: task.ignoreTarget,
    trims: task.trims,
    generation: settings.generation,
    engine,
  };
  const network = createNetwork(engine.tf, {
    ...parts,
    model: layers,
    objective: task.objective,
    runner: createRunner(),
  });
  const shrink: ShrinkParts = {
    model: layers,
    build: (smaller, names) =>
      createNetwork(engine.tf, {
        ...parts,
        model: smaller,
        objective: createTask(engine.tf, smaller, data, settings, definition, compiled).objective,
        runner: createRunner(),
        batches: network.batches,
        names,
      }),
  };
  const judge = createJudge(engine.tf, { model: layers, objective: task.objective, network, data, settings });
  await updateRecord(run, {
    settings,
    model,
    ...(compiled === undefined ? {} : { compiled: { taken: [...compiled.taken], ignored: [...compiled.ignored] } }),
    ...(initial === undefined ? {} : { initialModel: { from: initial.from, sha256: initial.sha256 } }),
    data: {
      spec: settings.data,
      sha256: data.sha256,
      train: data.train.count,
      validation: data.validation.count,
      test: data.test.count,
      ...(isStreamed(data) ? { streamed: true as const } : {}),
    },
    git: await git,
    machine: describeMachine(),
  });
  const matched = initial && matchWeights(initial.from, initial.tensors, network.weights);
  const remark = matched && describeMatch(initial.from, matched, initial.others);
  if (remark !== undefined) emit({ type: "warning", message: remark });
  return { network, data, settings, augment, judge, initialWeights: matched?.values, shrink };
}
