/** Calls the user's function that gives data. */
import type { TF } from "../engine/types.ts";
import { WhittleError } from "../protocol/errors.ts";
import type { DataFunction } from "./experiment.ts";
import { brief, ensureStop, placeOf, remedyFor } from "./loadErrors.ts";
import { loadModule } from "./loadModule.ts";

/** @param file where it stands, for messages @throws WhittleError that names the file, and the line where known */
export async function callDataFunction(data: DataFunction, file: string): Promise<unknown> {
  try {
    return await data();
  } catch (error) {
    throw explainDataError(file)(error);
  }
}

/** What users' code threw, in the function or while its examples were read. */
export const explainDataError =
  (file: string) =>
  (error: unknown): WhittleError =>
    new WhittleError(`${placeOf(error, file)}: the data cannot be had: ${ensureStop(brief(error))}`, {
      remedy: remedyFor(error),
      cause: error,
    });

/**
 * What the function gives that `file` exports; what is no function is the data itself.
 * @param onLeftOut told what of the file is not executed, and why
 */
export async function loadDataOf(
  tf: TF,
  file: string,
  exportName: string,
  onLeftOut: (message: string) => void,
): Promise<unknown> {
  const { exports, local } = await loadModule(tf, file, { local: exportName, onLeftOut });
  const found = Object.hasOwn(exports, exportName) ? exports[exportName] : local;
  if (found === undefined) {
    throw new WhittleError(`${file} has no export "${exportName}" that gives data.`, {
      kind: "usage",
      remedy: `It exports: ${Object.keys(exports).join(", ") || "nothing"}. Name one: module:FILE#EXPORT.`,
    });
  }
  return typeof found === "function" ? callDataFunction(found as DataFunction, file) : found;
}
