/**
 * Loads a model definition file (TypeScript or JavaScript, ES module or CommonJS) into this process. Its imports of
 * TensorFlow.js packages give the engine's own instance, its import of `whittle` gives `experiment.ts`; both are handed
 * over as objects, so nothing has to lie on disk and the bundle behaves like the sources. No module is cached: a second
 * load sees the file, and the files that it imports, as they are then. A `model.json` is read, not run.
 */
import { existsSync, realpathSync, statSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { LayersModel } from "@tensorflow/tfjs";
import { distance } from "fastest-levenshtein";
import { createJiti } from "jiti";
import { cacheFolder } from "../engine/install/cache.ts";
import type { TF } from "../engine/types.ts";
import { errorCode, messageOf, WhittleError } from "../protocol/errors.ts";
import type { SettingsInput } from "../protocol/settings.ts";
import type { Compiled } from "./compiled.ts";
import {
  defineExperiment,
  type ExperimentDefinition,
  isExperiment,
  type LossFunction,
  type Metric,
} from "./experiment.ts";
import { readModelJson } from "./loadModelJson.ts";

/** All of them are one instance here: the engine brings core, layers and its backend with it. */
const TENSORFLOW_PACKAGES = [
  "tfjs",
  "tfjs-core",
  "tfjs-layers",
  "tfjs-converter",
  "tfjs-data",
  "tfjs-node",
  "tfjs-node-gpu",
  "tfjs-backend-cpu",
  "tfjs-backend-wasm",
  "tfjs-backend-webgl",
  "tfjs-backend-webgpu",
].map((name) => `@tensorflow/${name}`);

export interface LoadedDefinition {
  /** As the experiment gives them, not yet checked; functions are replaced by the name `custom`. */
  readonly settings: SettingsInput;
  /** Where a file without code says it; a built model says it itself. */
  readonly compiled?: Compiled;
  /** Calls the model function at once, before anything asynchronous, so that it can run with a seeded `Math.random`. */
  readonly build: () => Promise<LayersModel>;
  /** Where `settings.loss` is `custom`. */
  readonly loss?: LossFunction;
  /** One for each `custom` in `settings.metrics`, in order. */
  readonly metrics?: readonly Metric[];
}

/** Values as a module: for `import * as`, named and default imports, and `require`. */
function asModule(values: object): object {
  return { ...values, default: values, __esModule: true };
}

/** One line for an error message. */
function brief(error: unknown): string {
  const message = messageOf(error);
  return errorCode(error) === "MODULE_NOT_FOUND"
    ? (message.split("\n")[0] ?? message)
    : message.replace(/\s*\n\s*/g, " ");
}

const ensureStop = (sentence: string): string => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);

/** What the module loader says of a file that it cannot parse; its columns count from 0. */
function readParseError(error: unknown): { message: string; file: string; line: number; column: number } | undefined {
  const match = /^ParseError: ([^\n]*)\n\s*(.*):(\d+):(\d+)/.exec(messageOf(error));
  if (!match) return undefined;
  const [, message = "", file = "", line, column] = match;
  return { message: message.trim(), file, line: Number(line), column: Number(column) + 1 };
}

/** The line of `file`, 1-based, where `error` (or what caused it) was thrown, if it was thrown from there. */
export function lineInFile(error: unknown, file: string): number | undefined {
  // The module loader writes Windows paths with slashes.
  const names = [file, file.replaceAll("\\", "/"), pathToFileURL(file).href];
  if (existsSync(file)) names.push(realpathSync(file));
  for (let each = error; each instanceof Error; each = each.cause) {
    const parse = readParseError(each);
    if (parse && names.includes(parse.file)) return parse.line;
    for (const frame of each.stack?.split("\n") ?? []) {
      const name = names.find((candidate) => frame.includes(`${candidate}:`));
      if (name === undefined) continue;
      const line = /^:(\d+)/.exec(frame.slice(frame.indexOf(`${name}:`) + name.length))?.[1];
      if (line !== undefined) return Number(line);
    }
  }
  return undefined;
}

/** `file:line` where known. */
function placeOf(error: unknown, file: string): string {
  const line = lineInFile(error, file);
  return line === undefined ? file : `${file}:${line}`;
}

function explainLoadError(error: unknown, file: string): WhittleError {
  if (error instanceof WhittleError) return error;
  const parse = readParseError(error);
  if (parse) {
    return new WhittleError(`${parse.file}:${parse.line}:${parse.column}: ${ensureStop(parse.message)}`, {
      remedy: "Correct the syntax of the file.",
      cause: error,
    });
  }
  if (errorCode(error) === "MODULE_NOT_FOUND" || errorCode(error) === "ERR_MODULE_NOT_FOUND") {
    return new WhittleError(`${file} imports what cannot be found: ${ensureStop(brief(error))}`, {
      remedy: "Correct the import, or install the package beside the model file.",
      cause: error,
    });
  }
  return new WhittleError(`${placeOf(error, file)} failed while it was loaded: ${ensureStop(brief(error))}`, {
    remedy: "Correct the model file: the error comes from its own code.",
    cause: error,
  });
}

/**
 * Where files lie as JavaScript, each under a checksum of its text: making it needs a compiler of two megabytes, whose
 * loading alone takes longer than a model's first step.
 */
const compiledFolder = (): string => join(cacheFolder(), "models");

/**
 * Whether the system refused to read or write what lies in `cache`, before `file` was executed. What the file does itself
 * must not count: it would be executed twice.
 */
function isCacheTrouble(error: unknown, cache: string, file: string): boolean {
  if (!(error instanceof Error && "syscall" in error)) return false;
  // Node tells no path where an open file cannot be written.
  const path = "path" in error && typeof error.path === "string" ? error.path : undefined;
  return path === undefined ? lineInFile(error, file) === undefined : resolve(path).startsWith(resolve(cache) + sep);
}

async function loadModule(
  tf: TF,
  file: string,
  fsCache: string | false = compiledFolder(),
): Promise<Readonly<Record<string, unknown>>> {
  const tensorflow = asModule(tf);
  const jiti = createJiti(file, {
    fsCache,
    moduleCache: false,
    interopDefault: false,
    // Lines in stacks are those of the file.
    transformOptions: { retainLines: true },
    virtualModules: {
      ...Object.fromEntries(TENSORFLOW_PACKAGES.map((name) => [name, tensorflow])),
      whittle: asModule({ defineExperiment }),
    },
  });
  let loaded: unknown;
  try {
    loaded = await jiti.import(file);
  } catch (error) {
    // A full disk below the cache, say, shall cost time and not the run.
    if (fsCache !== false && isCacheTrouble(error, fsCache, file)) return loadModule(tf, file, false);
    throw explainLoadError(error, file);
  }
  // CommonJS: `module.exports = lenet`.
  if (typeof loaded === "function" || isExperiment(loaded)) return { default: loaded };
  return typeof loaded === "object" && loaded !== null ? { ...loaded } : {};
}

function pickExport(exports: Readonly<Record<string, unknown>>, file: string, exportName: string): unknown {
  if (Object.hasOwn(exports, exportName)) return exports[exportName];
  const names = Object.keys(exports).filter((name) => name !== "__esModule");
  const near = names.find((name) => distance(name, exportName) <= 2);
  throw new WhittleError(`${file} has no export "${exportName}".`, {
    kind: "usage",
    remedy:
      names.length === 0
        ? "It exports nothing: put `export` before the function that returns the model."
        : `${near ? `Did you mean "${near}"? ` : ""}It exports: ${names.join(", ")}.`,
  });
}

/** Puts names in place of functions, so that settings stay JSON. */
function splitDefinition({ model: _model, loss, metrics, ...rest }: ExperimentDefinition) {
  const own = metrics?.filter((metric) => typeof metric === "object");
  const settings: SettingsInput = {
    ...rest,
    ...(loss === undefined ? {} : { loss: typeof loss === "function" ? "custom" : loss }),
    ...(metrics === undefined
      ? {}
      : { metrics: metrics.map((metric) => (typeof metric === "object" ? "custom" : metric)) }),
  };
  return {
    settings,
    ...(typeof loss === "function" ? { loss } : {}),
    ...(own === undefined || own.length === 0 ? {} : { metrics: own }),
  };
}

function findDefinition(exports: Readonly<Record<string, unknown>>, file: string, exportName: string) {
  const picked = pickExport(exports, file, exportName);
  if (isExperiment(picked)) {
    if (typeof picked.definition?.model === "function") return picked.definition;
    throw new WhittleError(`The experiment "${exportName}" of ${file} has no model function.`, {
      remedy: "Give defineExperiment({ model: … }) a function that returns a tf.LayersModel.",
    });
  }
  if (typeof picked !== "function") {
    throw new WhittleError(
      `The export "${exportName}" of ${file} is neither a function nor an experiment, but ${describe(picked)}.`,
      { remedy: "Export a function that returns a tf.LayersModel, or what defineExperiment gives." },
    );
  }
  const model = picked as ExperimentDefinition["model"];
  const experiments = Object.values(exports).filter(isExperiment);
  return experiments.find((each) => each.definition?.model === model)?.definition ?? { model };
}

function describe(value: unknown): string {
  if (value === null || typeof value !== "object") return value === undefined ? "undefined" : `a ${typeof value}`;
  return `an object of class ${value.constructor?.name ?? "Object"}`.replace(" of class Object", "");
}

/**
 * The definition that `modelFile` (an absolute path) exports as `exportName` (`default` for the default export). A
 * function that returns a model is one, with the settings of the file's experiment that has it as `model`, if any.
 * Throws a WhittleError naming the file, and the line where known, for whatever is wrong with it.
 */
export async function loadDefinition(tf: TF, modelFile: string, exportName: string): Promise<LoadedDefinition> {
  if (!statSync(modelFile, { throwIfNoEntry: false })?.isFile()) {
    const trouble = existsSync(modelFile) ? "is not a file" : "does not exist";
    throw new WhittleError(`The model file ${modelFile} ${trouble}.`, {
      kind: "usage",
      remedy: "Check the path: it names the TypeScript or JavaScript file that defines the model, or a model.json.",
    });
  }
  if (modelFile.endsWith(".json")) {
    return { settings: {}, ...(await readModelJson(tf, modelFile)) };
  }
  const exports = await loadModule(tf, modelFile);
  const definition = findDefinition(exports, modelFile, exportName);
  return {
    ...splitDefinition(definition),
    build: () => buildModel(tf, definition.model, modelFile, exportName),
  };
}

async function buildModel(
  tf: TF,
  model: ExperimentDefinition["model"],
  file: string,
  exportName: string,
): Promise<LayersModel> {
  let built: unknown;
  try {
    built = await model();
  } catch (error) {
    throw new WhittleError(`${placeOf(error, file)}: "${exportName}" failed: ${ensureStop(brief(error))}`, {
      remedy: "Correct the model file: the error comes from its own code.",
      cause: error,
    });
  }
  if (built instanceof tf.LayersModel) return built;
  throw new WhittleError(`"${exportName}" of ${file} returned ${describe(built)}, expected a tf.LayersModel.`, {
    remedy: "Return what tf.sequential(…) or tf.model(…) gives.",
  });
}
