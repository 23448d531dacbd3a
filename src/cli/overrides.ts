/** From the options of `whittle run` to the settings that win over the experiment's own. */
import { resolve } from "node:path";
import { checkDataSpec } from "../data/open.ts";
import { parseAssignments, resolveSettings } from "../models/settings.ts";

export interface SettingOptions {
  readonly data?: string;
  readonly engine?: string;
  readonly seed?: number;
  readonly method?: string;
  /** `path=value` each. */
  readonly set: readonly string[];
}

/**
 * Everything is checked here, before a run exists.
 * @throws WhittleError (usage) naming the option
 */
export function collectOverrides(options: SettingOptions): Record<string, unknown> {
  const { data, engine, seed, method } = options;
  const overrides = parseAssignments([
    ...options.set,
    // An option of its own wins over --set of the same setting. JSON, so that a value is never taken for another type.
    ...(data === undefined ? [] : [`data=${JSON.stringify(data)}`]),
    ...(engine === undefined ? [] : [`engine=${JSON.stringify(engine)}`]),
    ...(seed === undefined ? [] : [`seed=${seed}`]),
    ...(method === undefined ? [] : [`pruning.method=${JSON.stringify(method)}`]),
  ]);
  const spec = overrides["data"];
  if (typeof spec === "string") {
    checkDataSpec(spec);
    overrides["data"] = withWholePath(spec);
  }
  resolveSettings({}, overrides);
  return overrides;
}

/** `idx:DIR` means the same folder when the run is resumed from elsewhere. */
function withWholePath(spec: string): string {
  const colon = spec.indexOf(":");
  return colon === -1 || colon === spec.length - 1
    ? spec
    : `${spec.slice(0, colon + 1)}${resolve(spec.slice(colon + 1))}`;
}
