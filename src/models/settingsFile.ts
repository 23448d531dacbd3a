/**
 * Settings files, `NAME.whittle.json`: settings as nested keys that win over the experiment's own. `$schema` may name the
 * JSON schema, for editors that do not know it by the file's name.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { messageOf, usageError, WhittleError } from "../protocol/errors.ts";
import { SETTINGS_FILE_ENDING } from "../protocol/settings.ts";
import { kindOfKerasFile } from "./scan/kerasFiles.ts";
import { stemOf } from "./scan/nameOfFile.ts";
import { resolveSettings } from "./settings.ts";

/**
 * Checked settings of a file; paths of data and of an initial model count from the file's folder.
 * @throws WhittleError (usage) that names the file and what is wrong in it
 */
export async function readSettingsFile(file: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw usageError(`The settings file ${file} cannot be read: ${messageOf(error)}.`, "Check the path.");
  }
  return parseSettingsFile(text, file);
}

/**
 * The settings of `NAME.whittle.json` beside `NAME.model.ts`, `NAME.js`, … or `NAME.json`; none where there is no such file.
 * They are for a model that no experiment of its own file says how to train.
 */
export async function readSettingsBeside(modelFile: string): Promise<Record<string, unknown>> {
  const file = stemOf(modelFile) + SETTINGS_FILE_ENDING;
  return existsSync(file) ? readSettingsFile(file) : {};
}

export function parseSettingsFile(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw usageError(`The settings file ${file} is not JSON: ${messageOf(error)}.`, "Correct it.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw usageError(
      `The settings file ${file} holds no object.`,
      'Write settings as { "pruning": { "lambda": 1e-4 } }.',
    );
  }
  const { $schema: _schema, ...settings } = value as Record<string, unknown>;
  try {
    resolveSettings({}, settings);
  } catch (error) {
    throw error instanceof WhittleError ? usageError(`In ${file}: ${error.message}`, error.remedy) : error;
  }
  const { data, initialModel } = settings;
  const folder = dirname(file);
  return {
    ...settings,
    ...(typeof data === "string" ? { data: withWholePath(data, folder) } : {}),
    ...(typeof initialModel === "string" && isWeightsFile(initialModel)
      ? { initialModel: resolve(folder, initialModel) }
      : {}),
  };
}

/** Whether the setting `initialModel` names a file, and not a run. */
export function isWeightsFile(initialModel: string): boolean {
  return /\.(safetensors|npz|json)$/.test(initialModel) || kindOfKerasFile(initialModel) !== undefined;
}

/** `idx:DIR` means the same folder when the run is resumed from elsewhere. */
export function withWholePath(spec: string, folder: string): string {
  const colon = spec.indexOf(":");
  return colon === -1 || colon === spec.length - 1
    ? spec
    : `${spec.slice(0, colon + 1)}${resolve(folder, spec.slice(colon + 1))}`;
}
