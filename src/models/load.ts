/**
 * Loads a model definition file: what it exports, or declares, becomes a function that builds the model, with the settings that
 * the file gives. A `model.json`, and a file of Keras, is read, not run.
 */
import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { LayersModel } from "@tensorflow/tfjs";
import { distance } from "fastest-levenshtein";
import type { TF } from "../engine/types.ts";
import { WhittleError } from "../protocol/errors.ts";
import type { SettingsInput } from "../protocol/settings.ts";
import { type Arguments, argumentsOf, type BuilderFunction, type OrderArguments } from "./arguments.ts";
import type { Compiled } from "./compiled.ts";
import type { LoadedModule } from "./executeText.ts";
import {
  type DataFunction,
  type ExperimentDefinition,
  isExperiment,
  type LossFunction,
  type Metric,
} from "./experiment.ts";
import { readKerasFile } from "./kerasFile/readKerasFile.ts";
import { brief, ensureStop, explainLoadError, placeOf, remedyFor } from "./loadErrors.ts";
import { readModelJson } from "./loadModelJson.ts";
import { loadModule } from "./loadModule.ts";
import { MadeModels } from "./madeModels.ts";
import { isClass, isFunction, makerOf, memberOf } from "./members.ts";
import { createModelLayers } from "./modelLayers/index.ts";
import { type OwnTraining, OwnTrainings } from "./ownTraining.ts";
import { kindOfKerasFile } from "./scan/kerasFiles.ts";
import { readSettingsBeside, withWholePath } from "./settingsFile.ts";

export interface LoadedDefinition {
  /**
   * As the experiment gives them, not yet checked; functions are replaced by the name `custom`, and paths of data, which count from
   * the model file's folder, are whole.
   */
  readonly settings: SettingsInput;
  /** Where a file without code says it; a built model says it itself. */
  readonly compiled?: Compiled;
  /**
   * Calls the model function. One that trains its model gives the one that it begins to train.
   * @param args values for its parameters
   */
  readonly build: (args?: Arguments) => Promise<LayersModel>;
  /** Where `settings.data` is `custom`. */
  readonly data?: DataFunction;
  /** Where `settings.loss` is `custom`. */
  readonly loss?: LossFunction;
  /** One for each `custom` in `settings.metrics`, in order. */
  readonly metrics?: readonly Metric[];
  /** Those that code of the file has begun, and will. */
  readonly trainings?: OwnTrainings;
}

export interface DefinitionOptions {
  /** Told when the file begins the first training of its own, which waits for ever. */
  readonly onOwnTraining?: (training: OwnTraining) => void;
  /** Told what of the file is not executed, and why. */
  readonly onLeftOut?: (message: string) => void;
}

/**
 * The definition that `modelFile` (an absolute path) exports as `exportName` (`default` for the default export), or declares
 * without exporting it: a function that returns a model, with the settings of the file's experiment that has it as `model`, if
 * any, else those of a settings file beside it; a method, as `Class.method`; a model; or an experiment. Where a function returns several models, `name.part` is one of
 * them. Throws a WhittleError naming the file, and the line where known, for whatever is wrong with it.
 */
export async function loadDefinition(
  tf: TF,
  modelFile: string,
  exportName: string,
  { onOwnTraining, onLeftOut }: DefinitionOptions = {},
): Promise<LoadedDefinition> {
  if (!statSync(modelFile, { throwIfNoEntry: false })?.isFile()) {
    const trouble = existsSync(modelFile) ? "is not a file" : "does not exist";
    throw new WhittleError(`The model file ${modelFile} ${trouble}.`, {
      kind: "usage",
      remedy:
        "Check the path: it names the TypeScript or JavaScript file that defines the model, a model.json or a file of Keras.",
    });
  }
  const readFile = modelFile.endsWith(".json") ? readModelJson : kindOfKerasFile(modelFile) && readKerasFile;
  if (readFile !== undefined) {
    // A model may have been saved with layers of `whittle/layers`.
    createModelLayers(tf);
    return { settings: await readSettingsBeside(modelFile), ...(await readFile(tf, modelFile)) };
  }
  const [root = exportName, ...path] = exportName.split(".");
  const trainings = new OwnTrainings(onOwnTraining);
  const made = new MadeModels();
  const loaded = await loadModule(tf, modelFile, {
    local: root,
    onOwnTraining: trainings.add,
    made,
    ...(onLeftOut && { onLeftOut }),
  });
  // What an asynchronous function gave at the top may not have been waited for.
  const picked = await settle(pickValue(loaded, modelFile, root), modelFile);
  const { definition, isOfExperiment = false, part } = findDefinition(tf, loaded, picked, modelFile, exportName, path);
  const order = await argumentsOf(definition.model);
  const { settings, ...functions } = splitDefinition(definition, dirname(modelFile));
  return {
    ...functions,
    settings: isOfExperiment ? settings : await readSettingsBeside(modelFile),
    trainings,
    build: (args = {}) =>
      buildModel(tf, definition.model, { file: modelFile, exportName, part, args, order, trainings, made }),
  };
}

interface Found {
  readonly definition: Omit<ExperimentDefinition, "model"> & { readonly model: BuilderFunction };
  /** Its file has an experiment that says how it is trained. */
  readonly isOfExperiment?: boolean;
  /** Which of the models that it returns, where it returns several. */
  readonly part?: string | undefined;
}

async function settle(value: unknown, file: string): Promise<unknown> {
  try {
    return await value;
  } catch (error) {
    throw explainLoadError(error, file);
  }
}

function pickValue({ exports, local }: LoadedModule, file: string, root: string): unknown {
  if (Object.hasOwn(exports, root)) return exports[root];
  if (local !== undefined) return local;
  const names = Object.keys(exports).filter((name) => name !== "__esModule");
  const near = names.find((name) => distance(name, root) <= 2);
  throw new WhittleError(`${file} has no export "${root}".`, {
    kind: "usage",
    remedy:
      names.length === 0
        ? "It exports nothing, and declares nothing of that name: write a function that returns the model."
        : `${near ? `Did you mean "${near}"? ` : ""}It exports: ${names.join(", ")}.`,
  });
}

/** Puts names in place of functions, so that settings stay JSON. */
function splitDefinition({ model: _model, data, loss, metrics, ...rest }: Found["definition"], folder: string) {
  const own = metrics?.filter((metric) => typeof metric === "object");
  const settings: SettingsInput = {
    ...rest,
    ...(data === undefined ? {} : { data: settled(data, folder) }),
    ...(loss === undefined ? {} : { loss: typeof loss === "function" ? "custom" : loss }),
    ...(metrics === undefined
      ? {}
      : { metrics: metrics.map((metric) => (typeof metric === "object" ? "custom" : metric)) }),
  };
  return {
    settings,
    ...(typeof data === "function" ? { data } : {}),
    ...(typeof loss === "function" ? { loss } : {}),
    ...(own === undefined || own.length === 0 ? {} : { metrics: own }),
  };
}

/** Whatever else was given by mistake is told with the other settings. */
function settled(data: string | DataFunction, folder: string): string {
  if (typeof data === "function") return "custom";
  return typeof data === "string" ? withWholePath(data, folder) : data;
}

function findDefinition(
  tf: TF,
  loaded: LoadedModule,
  picked: unknown,
  file: string,
  exportName: string,
  path: readonly string[],
): Found {
  if (isExperiment(picked)) {
    if (typeof picked.definition?.model === "function") return { definition: picked.definition, isOfExperiment: true };
    throw new WhittleError(`The experiment "${exportName}" of ${file} has no model function.`, {
      remedy: "Give defineExperiment({ model: … }) a function that returns a tf.LayersModel.",
    });
  }
  const [first, part = first] = path;
  const member = picked instanceof tf.LayersModel || first === undefined ? undefined : memberOf(picked, first);
  if (isFunction(member)) return { definition: { model: member }, part: path[1] };
  if (member instanceof tf.LayersModel || isExperiment(member)) {
    return findDefinition(tf, loaded, member, file, exportName, path.slice(1));
  }
  if (picked instanceof tf.LayersModel || modelsIn(tf, picked).size > 0) {
    return { definition: { model: () => picked }, part: first };
  }
  if (!isFunction(picked)) {
    throw new WhittleError(
      `The export "${exportName}" of ${file} is neither a function, a model nor an experiment, but ${describe(picked)}.`,
      { remedy: "Export a function that returns a tf.LayersModel, or what defineExperiment gives." },
    );
  }
  const model = isClass(picked) ? makerOf(picked) : picked;
  const experiments = Object.values(loaded.exports).filter(isExperiment);
  const own = experiments.find((each) => each.definition?.model === model)?.definition;
  return { definition: own ?? { model }, isOfExperiment: own !== undefined, part };
}

function describe(value: unknown): string {
  if (value === null || typeof value !== "object") return value === undefined ? "undefined" : `a ${typeof value}`;
  return `an object of class ${value.constructor?.name ?? "Object"}`.replace(" of class Object", "");
}

async function buildModel(
  tf: TF,
  model: BuilderFunction,
  {
    file,
    exportName,
    part,
    args,
    order,
    trainings,
    made,
  }: {
    readonly file: string;
    readonly exportName: string;
    readonly part: string | undefined;
    readonly args: Arguments;
    readonly order: OrderArguments;
    readonly trainings: OwnTrainings;
    readonly made: MadeModels;
  },
): Promise<LayersModel> {
  const what = `"${exportName}" of ${file}`;
  const given = order(args, what);
  let built: unknown;
  try {
    built = await callBuilder(tf, () => model(...given), trainings, made);
  } catch (error) {
    throw new WhittleError(`${placeOf(error, file)}: "${exportName}" failed: ${ensureStop(brief(error))}`, {
      remedy: remedyFor(error),
      cause: error,
    });
  }
  return pickModel(tf, built, { what, exportName, part });
}

/** What it returns; where that is no model, the one that it begins to train, which may be all that it does, or what it has made. */
async function callBuilder(tf: TF, call: () => unknown, trainings: OwnTrainings, made: MadeModels): Promise<unknown> {
  made.forget();
  const training = trainings.next();
  const turn = () => new Promise<undefined>((resolve) => setImmediate(resolve, undefined));
  // Its training waits for ever, and so does a function that waits for that.
  const returned = await Promise.race([call(), training.then(turn)]);
  if (returned instanceof tf.LayersModel || modelsIn(tf, returned).size > 0) return returned;
  const begun = await Promise.race([training, turn()]);
  if (begun === undefined) return made.whole ?? returned;
  trainings.taken = begun;
  return begun.model;
}

/** What was built, or the one that is meant of several. */
function pickModel(
  tf: TF,
  built: unknown,
  { what, exportName, part }: { readonly what: string; readonly exportName: string; readonly part: string | undefined },
): LayersModel {
  if (built instanceof tf.LayersModel) return built;
  const models = modelsIn(tf, built);
  const [only] = models.values();
  const picked = models.get(part ?? "model") ?? (part === undefined && models.size === 1 ? only : undefined);
  if (picked !== undefined) return picked;
  if (models.size > 0) {
    const names = [...models.keys()];
    const address = part === undefined ? exportName : exportName.slice(0, -part.length - 1);
    throw new WhittleError(`${what} gives several models: ${names.join(", ")}.`, {
      kind: "usage",
      remedy: `Name the one to train behind the function, as in "${address}.${names[0]}", or return it as "model".`,
    });
  }
  throw new WhittleError(`${what} returned ${describe(built)}, expected a tf.LayersModel.`, {
    remedy: "Return what tf.sequential(…) or tf.model(…) gives.",
  });
}

/** Of an object or a list, by name or index. */
function modelsIn(tf: TF, value: unknown): ReadonlyMap<string, LayersModel> {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return new Map(entries.flatMap(([name, each]) => (each instanceof tf.LayersModel ? [[name, each] as const] : [])));
}
