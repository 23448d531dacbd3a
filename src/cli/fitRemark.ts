/** Values of `model.fit` in the model's own file that a run would not take: said, and never taken over unasked. */
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { readLocalFile } from "../models/localFile.ts";
import { scanDefinitions } from "../models/scan/scan.ts";
import { collectTrainables } from "../models/scan/trainables.ts";
import { resolveSettings } from "../models/settings.ts";
import { readSettingsBeside } from "../models/settingsFile.ts";
import type { RunPlan } from "../protocol/run.ts";

/** Undefined where there is nothing to say: an experiment, a settings file or the user has said it, or it is the same. */
export async function describeFit({ modelFile, exportName, overrides }: RunPlan): Promise<string | undefined> {
  const found = scanDefinitions(readFileSync(modelFile, "utf8"), modelFile, readLocalFile);
  const fit = collectTrainables(found).find(({ exportNames }) => exportNames.includes(exportName))?.fit;
  if (fit === undefined) return undefined;
  const beside = await readSettingsBeside(modelFile);
  const settings = resolveSettings(beside, overrides);
  const isSaid = (name: string): boolean => name in overrides || name in beside;
  // What fit is given comes with the weights of its classes; those of the embedded digits are others.
  const hasItsClasses = isSaid("data") && settings.data !== "fit";
  const missing = (["batchSize", "epochs", "validationSplit", "classWeights"] as const).filter(
    (name) =>
      fit[name] !== undefined &&
      !isDeepStrictEqual(fit[name], settings[name]) &&
      !isSaid(name) &&
      (name !== "classWeights" || hasItsClasses),
  );
  if (missing.length === 0) return undefined;
  const values = missing.map((name) => `${name} ${JSON.stringify(fit[name])}`).join(", ");
  const options = missing.flatMap((name) => assignments(name, fit[name])).join(" ");
  return `model.fit beside the model has ${values}, which this run does not take over: add ${options}.`;
}

/** Without quotes, which shells read differently. */
function assignments(path: string, value: unknown): readonly string[] {
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => assignments(`${path}.${key}`, inner))
    : [`--set ${path}=${value}`];
}
