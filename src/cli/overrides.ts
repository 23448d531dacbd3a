/** From the options of `whittle run` to the settings that win over the experiment's own. */
import { resolve } from "node:path";
import { checkDataSpec } from "../data/open.ts";
import { mergeSettings, parseAssignments, resolveSettings } from "../models/settings.ts";
import { isWeightsFile, readSettingsFile, withWholePath } from "../models/settingsFile.ts";

export interface SettingOptions {
  /** A settings file; what is given beside it wins. */
  readonly settings?: string;
  readonly data?: string;
  readonly engine?: string;
  readonly seed?: number;
  readonly method?: string;
  readonly preset?: string;
  /** A run, or a file of weights. */
  readonly from?: string;
  /** `path=value` each. */
  readonly set: readonly string[];
  /** `name=value` each, for the model function. */
  readonly arg?: readonly string[];
}

/**
 * Everything is checked here, before a run exists.
 * @throws WhittleError (usage) naming the option
 */
export async function collectOverrides(options: SettingOptions): Promise<Record<string, unknown>> {
  const { data, engine, seed, method, preset, from } = options;
  const overrides = parseAssignments([
    ...options.set,
    ...(options.arg ?? []).map((pair) => `args.${pair}`),
    // An option of its own wins over --set of the same setting. JSON, so that a value is never taken for another type.
    ...(data === undefined ? [] : [`data=${JSON.stringify(data)}`]),
    ...(engine === undefined ? [] : [`engine=${JSON.stringify(engine)}`]),
    ...(seed === undefined ? [] : [`seed=${seed}`]),
    ...(method === undefined ? [] : [`pruning.method=${JSON.stringify(method)}`]),
    ...(preset === undefined ? [] : [`preset=${JSON.stringify(preset)}`]),
    ...(from === undefined ? [] : [`initialModel=${JSON.stringify(from)}`]),
  ]);
  const initial = overrides["initialModel"];
  if (typeof initial === "string" && isWeightsFile(initial)) {
    overrides["initialModel"] = resolve(initial);
  }
  const spec = overrides["data"];
  if (typeof spec === "string") {
    checkDataSpec(spec);
    overrides["data"] = withWholePath(spec, process.cwd());
  }
  const fromFile = options.settings === undefined ? {} : await readSettingsFile(options.settings);
  if (typeof fromFile["data"] === "string") {
    checkDataSpec(fromFile["data"]);
  }
  const all = mergeSettings(fromFile, overrides);
  resolveSettings({}, all);
  return all;
}
