/** Loads a user's file: the whole of it, as its own program would; where that fails, the part that is needed of it. */
import { readFileSync } from "node:fs";
import type { TF } from "../engine/types.ts";
import { messageOf } from "../protocol/errors.ts";
import { type ExecuteOptions, executeText, type LoadedModule } from "./executeText.ts";
import { ensureStop, explainLoadError, isMissing } from "./loadErrors.ts";
import type { Lines } from "./scan/neededPart.ts";

export interface LoadOptions extends Omit<ExecuteOptions, "modules"> {
  /** Told what of the file is not executed, and why. */
  readonly onLeftOut?: (message: string) => void;
}

/** @throws WhittleError that names the file, and the line where known */
export async function loadModule(tf: TF, file: string, options: LoadOptions): Promise<LoadedModule> {
  try {
    const text = readFileSync(file, "utf8");
    return await executeText(tf, file, text, options).catch((error: unknown) =>
      loadNeeded(tf, file, text, options, error),
    );
  } catch (error) {
    throw explainLoadError(error, file);
  }
}

/** @param trouble what the whole file has thrown, which is thrown again where nothing can be left out */
async function loadNeeded(
  tf: TF,
  file: string,
  whole: string,
  options: LoadOptions,
  trouble: unknown,
): Promise<LoadedModule> {
  // With the parser, which most files do without.
  const { neededPart } = await import("./scan/neededPart.ts");
  const { text, local, leftOut } = neededPart(whole, file, options.local) ?? { ...options, text: whole, leftOut: [] };
  const modules: Record<string, object> = {};
  const doWithout = (error: unknown): void => {
    const name = missingPackage(error);
    if (name === undefined || Object.hasOwn(modules, name)) throw error;
    modules[name] = absentPackage(name);
  };
  if (leftOut.length === 0) doWithout(trouble);
  for (;;) {
    try {
      const loaded = await executeText(tf, file, text, { ...options, local, modules });
      const without = [...(leftOut.length === 0 ? [] : [describeLines(leftOut)]), ...Object.keys(modules)];
      options.onLeftOut?.(
        `${ensureStop(explainLoadError(trouble, file).message)} "${options.local}" may not need it: ${file} is loaded without ${without.join(", ")}.`,
      );
      return loaded;
    } catch (error) {
      doWithout(error);
    }
  }
}

/** Of an import that was not found, unless it is a file of the user's own. */
function missingPackage(error: unknown): string | undefined {
  if (!isMissing(error)) return undefined;
  return /^Cannot find (?:module|package) '([^'./][^']*)'/.exec(messageOf(error))?.[1];
}

/** What is not there fails where it is used, and not where it is imported. */
function absentPackage(name: string): object {
  const fail = (): never => {
    throw Object.assign(new Error(`Cannot find module '${name}'`), { code: "MODULE_NOT_FOUND" });
  };
  // What module loaders ask of a module.
  const known = new Map<string | symbol, unknown>([
    ["__esModule", true],
    ["then", undefined],
  ]);
  const absent: object = new Proxy(fail, {
    get: (_, key) => (typeof key === "symbol" || known.has(key) ? known.get(key) : fail()),
    construct: fail,
  });
  known.set("default", absent);
  return absent;
}

function describeLines(ranges: readonly Lines[]): string {
  const texts = ranges.map(([first, last]) => (first === last ? String(first) : `${first} to ${last}`));
  const isOne = ranges.length === 1 && ranges[0]?.[0] === ranges[0]?.[1];
  return `line${isOne ? "" : "s"} ${texts.join(", ")}`;
}
