/**
 * Executes the text of a user's file (TypeScript or JavaScript, ES module or CommonJS) in this process. Its imports of
 * TensorFlow.js packages give the engine's own instance, its import of `whittle` gives `experiment.ts`; both are handed over as
 * objects, so nothing has to lie on disk and the bundle behaves like the sources. No module is cached: a second load sees the
 * file, and the files that it imports, as they are then.
 */
import { extname, join, resolve, sep } from "node:path";
import { createJiti } from "jiti";
import { cacheFolder } from "../engine/install/cache.ts";
import type { TF } from "../engine/types.ts";
import { WhittleError } from "../protocol/errors.ts";
import { defineExperiment, isExperiment } from "./experiment.ts";
import { lineInFile } from "./loadErrors.ts";
import type { MadeModels } from "./madeModels.ts";
import { createModelLayers } from "./modelLayers/index.ts";
import { findAliases } from "./scan/aliases.ts";
import { type OnOwnTraining, withoutSideEffects } from "./sideEffects.ts";

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

/** A file that is not loaded after so many milliseconds waits for something. */
const LONGEST_LOAD_MS = 60_000;

/** Where a file's own last line leaves what it declares; see `exposing`. */
const LOCAL = Symbol.for("whittle.local");

export interface LoadedModule {
  readonly exports: Readonly<Record<string, unknown>>;
  /** What the file declares under the name that was asked for, exported or not; undefined where it does not. */
  readonly local: unknown;
}

export interface ExecuteOptions {
  /** A name that may not be exported. */
  readonly local: string;
  readonly onOwnTraining?: OnOwnTraining;
  /** Is told of the models that the file makes. */
  readonly made?: MadeModels;
  /** Modules in place of packages, by name. */
  readonly modules?: Readonly<Record<string, object>>;
}

/**
 * Where files lie as JavaScript, each under a checksum of its text: making it needs a compiler of two megabytes, whose
 * loading alone takes longer than a model's first step.
 */
const compiledFolder = (): string => join(cacheFolder(), "models");

/** @param file where the text stands @throws what it throws, and a WhittleError where it waits or ends the process */
export async function executeText(
  tf: TF,
  file: string,
  text: string,
  options: ExecuteOptions,
  fsCache: string | false = compiledFolder(),
): Promise<LoadedModule> {
  const { local, onOwnTraining, made, modules } = options;
  const tensorflow = asModule({ ...tf, ...made?.noting(tf) });
  const jiti = createJiti(file, {
    fsCache,
    moduleCache: false,
    interopDefault: false,
    tsconfigPaths: findAliases(file)?.configFile ?? false,
    // Lines in stacks are those of the file.
    transformOptions: { retainLines: true },
    virtualModules: {
      ...Object.fromEntries(
        TENSORFLOW_PACKAGES.flatMap((name) => [name, `${name}/`]).map((name) => [name, tensorflow]),
      ),
      whittle: asModule({ defineExperiment }),
      "whittle/layers": asModule(createModelLayers(tf)),
      ...modules,
    },
  });
  const exposed: { value?: unknown } = {};
  Reflect.set(globalThis, LOCAL, (value: unknown) => {
    exposed.value = value;
  });
  try {
    const source = text + exposing(local);
    const loaded = await withoutSideEffects(tf, file, onOwnTraining, () =>
      inTime(
        file,
        Promise.resolve(jiti.evalModule(source, { filename: file, id: file, ext: extname(file), async: true })),
      ),
    );
    const isGlobal = exposed.value === Reflect.get(globalThis, local);
    return { exports: exportsOf(tf, loaded), local: isGlobal ? undefined : exposed.value };
  } catch (error) {
    // A full disk below the cache, say, shall cost time and not the run.
    if (fsCache !== false && isCacheTrouble(error, fsCache, file)) {
      return executeText(tf, file, text, options, false);
    }
    throw error;
  } finally {
    Reflect.deleteProperty(globalThis, LOCAL);
  }
}

/** In a line of its own behind the file, where everything is declared: hands over what is called `local`. */
function exposing(local: string): string {
  return !/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(local) || local === "default"
    ? ""
    : `\n;globalThis[Symbol.for("whittle.local")](typeof ${local} === "undefined" ? undefined : ${local});\n`;
}

async function inTime<T>(file: string, loading: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new WhittleError(
            `${file} is not loaded after ${LONGEST_LOAD_MS / 1000} s: something at its top waits and does not end.`,
            {
              remedy: "Move what waits (a training, a server, a question) out of the top of the file, into a function.",
            },
          ),
        ),
      LONGEST_LOAD_MS,
    );
  });
  try {
    return await Promise.race([loading, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Values as a module: for `import * as`, named and default imports, and `require`. */
function asModule(values: object): object {
  return { ...values, default: values, __esModule: true };
}

function exportsOf(tf: TF, loaded: unknown): Readonly<Record<string, unknown>> {
  // CommonJS: `module.exports = lenet`.
  if (typeof loaded === "function") return { ...loaded, default: loaded };
  if (isExperiment(loaded) || loaded instanceof tf.LayersModel) return { default: loaded };
  return typeof loaded === "object" && loaded !== null ? { ...loaded } : {};
}

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
