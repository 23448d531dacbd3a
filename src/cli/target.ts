/** From `<file>[#export]` to the definition that is meant. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { splitAtHash } from "../data/files.ts";
import { readLocalFile } from "../models/localFile.ts";
import { kindOfKerasFile } from "../models/scan/kerasFiles.ts";
import { nameOfFile } from "../models/scan/nameOfFile.ts";
import { scanDefinitions } from "../models/scan/scan.ts";
import { usageError } from "../protocol/errors.ts";
import { explainFsError } from "../runs/files/fsErrors.ts";

export interface Target {
  /** Absolute path. */
  readonly modelFile: string;
  readonly exportName: string;
  /** What to call the run. */
  readonly name: string;
}

/** @throws WhittleError (usage) when the file is missing, or which definition is meant is not clear */
export function findTarget(argument: string): Target {
  const { file, part: exportName } = splitAtHash(argument);
  const modelFile = resolve(file);
  if (!existsSync(modelFile)) {
    throw usageError(`There is no model file ${file}.`, "Check the path; whittle run <file>[#export].");
  }
  if (!statSync(modelFile).isFile()) {
    throw usageError(`${file} is not a file.`, "Name a model definition file, e.g. examples/lenet300.model.ts.");
  }
  // Of one model, and no text.
  const chosen = kindOfKerasFile(modelFile) ? "default" : chooseExport(readText(modelFile), file, exportName);
  return { modelFile, exportName: chosen, name: chosen === "default" ? nameOfFile(modelFile) : chosen };
}

/**
 * The named export, else the default export, else the only experiment, else the only definition, functions that train what another
 * one makes aside.
 * @param file as the user wrote it, for messages
 */
export function chooseExport(text: string, file: string, exportName?: string): string {
  const found = scanDefinitions(text, resolve(file), readLocalFile);
  const names = [...new Set(found.map((definition) => definition.exportName))];
  if (exportName !== undefined) {
    // What the scan does not recognise may still be a definition (one that is exported again, say), so a name that
    // occurs in the file is left to the training process, which runs it.
    if (names.includes(exportName) || new RegExp(`\\b${escapeRegExp(exportName)}\\b`).test(text)) {
      return exportName;
    }
    throw usageError(
      `${file} has no export ${JSON.stringify(exportName)}.`,
      names.length === 0
        ? "Export a function that returns a tf.LayersModel, or an experiment made with defineExperiment."
        : `It defines ${names.join(", ")}.`,
    );
  }
  const experiments = found.filter((definition) => definition.kind === "experiment");
  const models = [...new Set(found.flatMap(({ exportName, isProgram }) => (isProgram ? [] : [exportName])))];
  const only = experiments.length === 1 ? experiments[0]?.exportName : [models, names].find(isOne)?.[0];
  const chosen = names.includes("default") ? "default" : only;
  if (chosen !== undefined) {
    return chosen;
  }
  throw names.length === 0
    ? usageError(
        `${file} defines no model that Whittle recognises.`,
        "Export a function that returns a tf.LayersModel, or an experiment made with defineExperiment; or name the export: whittle run <file>#<export>.",
      )
    : usageError(
        `${file} defines several models: ${names.join(", ")}.`,
        `Name one of them: whittle run ${file}#${names[0]}`,
      );
}

const isOne = (names: readonly string[]): boolean => names.length === 1;

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw explainFsError(error, file, "read");
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
