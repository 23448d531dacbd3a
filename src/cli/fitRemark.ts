/** Values of `model.fit` in the model's own file that a run would not take: said, and never taken over unasked. */
import { readFileSync } from "node:fs";
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
  const missing = (["batchSize", "epochs", "validationSplit"] as const).filter(
    (name) => fit[name] !== undefined && fit[name] !== settings[name] && !(name in overrides) && !(name in beside),
  );
  if (missing.length === 0) return undefined;
  const values = missing.map((name) => `${name} ${fit[name]}`).join(", ");
  const options = missing.map((name) => `--set ${name}=${fit[name]}`).join(" ");
  return `model.fit beside the model has ${values}, which this run does not take over: add ${options}.`;
}
