/** From what users write (experiment, `--set path=value`) to complete, checked settings. */
import { distance } from "fastest-levenshtein";
import { z } from "zod";
import { usageError } from "../protocol/errors.ts";
import { readJsonOrText } from "../protocol/jsonOrText.ts";
import { PRESET_NAMES, type Settings, settingsSchema } from "../protocol/settings.ts";
import { PRESETS } from "./presets/index.ts";
import { checkTogether } from "./settingsTogether.ts";

type Node = z.core.$ZodType;
type Nested = Record<string, unknown>;

/** The schema below defaults and optionality. */
function unwrap(schema: Node): Node {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return unwrap(schema.def.innerType);
  }
  return schema;
}

function childrenOf(schema: Node): Readonly<Record<string, Node>> {
  const inner = unwrap(schema);
  return inner instanceof z.ZodObject ? inner.shape : {};
}

function collectPaths(schema: Node, prefix = ""): string[] {
  return Object.entries(childrenOf(schema)).flatMap(([key, child]) => [
    `${prefix}${key}`,
    ...collectPaths(child, `${prefix}${key}.`),
  ]);
}

/** Every settings key, as `--set` takes it: `batchSize`, `pruning`, `pruning.lambda`, … */
export const SETTING_PATHS: readonly string[] = collectPaths(settingsSchema);

/** The settings that hold a value and no further keys, with what they mean. */
export function listSettings(): readonly { readonly path: string; readonly meaning: string }[] {
  return SETTING_PATHS.flatMap((path) => {
    const schema = schemaAt(path);
    const isLeaf = schema !== undefined && Object.keys(childrenOf(schema)).length === 0;
    return isLeaf ? [{ path, meaning: z.globalRegistry.get(schema)?.description ?? "" }] : [];
  });
}

/** The value below nested keys, as `--set` would name it. */
export function settingAt(settings: unknown, path: string): unknown {
  return valueAt(settings, path.split("."));
}

function schemaAt(path: string): Node | undefined {
  let schema: Node | undefined = settingsSchema;
  for (const key of path.split(".")) {
    const inner: Node | undefined = schema && unwrap(schema);
    const children: Readonly<Record<string, Node>> = inner ? childrenOf(inner) : {};
    if (inner instanceof z.ZodRecord) schema = inner.def.valueType;
    else schema = Object.hasOwn(children, key) ? children[key] : undefined;
  }
  return schema;
}

/** The known path that was probably meant: a slip of the pen, or the right key in the wrong place. */
function nearestPath(path: string): string | undefined {
  const lastOf = (each: string) => each.slice(each.lastIndexOf(".") + 1).toLowerCase();
  const distances = SETTING_PATHS.map((known) => ({
    known,
    distance: Math.min(distance(known.toLowerCase(), path.toLowerCase()), distance(lastOf(known), lastOf(path)) + 0.5),
  })).sort((a, b) => a.distance - b.distance);
  const nearest = distances[0];
  return nearest && nearest.distance <= Math.max(2, lastOf(path).length / 3) + 0.5 ? nearest.known : undefined;
}

function unknownKey(path: string): Error {
  const near = nearestPath(path);
  const dot = path.lastIndexOf(".");
  const siblings = Object.keys(childrenOf(schemaAt(path.slice(0, Math.max(dot, 0))) ?? settingsSchema));
  return usageError(
    `Unknown setting "${path}".`,
    near ? `Did you mean "${near}"?` : `Known${dot < 0 ? "" : ` in ${path.slice(0, dot)}`}: ${siblings.join(", ")}.`,
  );
}

function describeValue(value: unknown): string {
  return typeof value === "function" ? "a function" : (JSON.stringify(value) ?? String(value));
}

function valueAt(settings: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    settings,
  );
}

/** The first thing that is wrong, as an error that names the key. */
function explainIssues(error: z.core.$ZodError, settings: unknown, prefix: readonly PropertyKey[] = []): Error {
  const issue = error.issues[0];
  if (!issue) return usageError("The settings are wrong.", "Check them against the documentation.");
  const path = [...prefix, ...issue.path].map(String).join(".");
  if (issue.code === "unrecognized_keys") return unknownKey([path, issue.keys[0]].filter(Boolean).join("."));
  const known = schemaAt(path);
  const meaning = known ? z.globalRegistry.get(known)?.description : undefined;
  const found = describeValue(valueAt(settings, issue.path));
  return usageError(
    `Setting ${path} = ${found} is wrong: ${issue.message}.`,
    meaning ? `${path}: ${meaning}` : "Change it, or leave it out to take the default.",
  );
}

function isNested(value: unknown): value is Nested {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Objects key by key, anything else (arrays too) replaced as a whole. `undefined` leaves what is there. */
export function mergeSettings(base: Nested, over: Nested): Nested {
  const merged: Nested = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const below = merged[key];
    // defineProperty, so that a key `__proto__` is a key like any other, and rejected like any other.
    Object.defineProperty(merged, key, {
      value: isNested(below) && isNested(value) ? mergeSettings(below, value) : value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return merged;
}

/** A preset lies below what is given beside it, and above everything that this wins over. */
function withPreset(settings: Nested): Nested {
  const name = z.enum(PRESET_NAMES).safeParse(settings["preset"]).data;
  return name === undefined ? settings : mergeSettings(mergeSettings({}, PRESETS[name]), settings);
}

/**
 * Complete settings: defaults, below what the model was compiled with, below the experiment's own, below `overrides`. Throws
 * a usage error naming the key.
 */
export function resolveSettings(
  fromExperiment: unknown,
  overrides: Record<string, unknown>,
  compiled: Record<string, unknown> = {},
): Settings {
  const own = fromExperiment ?? {};
  if (!isNested(own)) throw usageError("The experiment's settings are no object.", "Give an object of settings.");
  const merged = mergeSettings(mergeSettings(compiled, withPreset(own)), withPreset(overrides));
  const parsed = settingsSchema.safeParse(merged);
  if (!parsed.success) throw explainIssues(parsed.error, merged);
  return parsed.data;
}

/** The settings of a run: as `resolveSettings`, and checked together as well. */
export function resolveComplete(
  fromExperiment: unknown,
  overrides: Record<string, unknown>,
  compiled: Record<string, unknown> = {},
): Settings {
  const settings = resolveSettings(fromExperiment, overrides, compiled);
  checkTogether(settings);
  return settings;
}

/** Commas, but for those of a pattern such as `fc{1,2}`. */
const BETWEEN_ITEMS = /,(?![^{]*\})/;

/**
 * `["pruning.lambda=1e-4", "optimizer.name=sgd"]` → nested keys. Values are JSON; what is not JSON is a string, or a list of them. Each is
 * checked at once; a later pair wins over an earlier one. Throws a usage error naming the pair.
 */
export function parseAssignments(pairs: readonly string[]): Record<string, unknown> {
  let settings: Nested = {};
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals < 1) throw usageError(`"${pair}" sets nothing.`, "Write path=value, e.g. pruning.lambda=1e-4.");
    const path = pair.slice(0, equals).trim();
    const text = pair.slice(equals + 1).trim();
    const schema = schemaAt(path);
    if (!schema) throw unknownKey(path);
    const keys = path.split(".");
    const json = readJsonOrText(text);
    const checked = z.safeParse(schema, json);
    // `data=5` means the text 5 where a text is wanted, `metrics=bleu,chrf` a list where that is.
    const others = [text, text.split(BETWEEN_ITEMS)];
    const value = checked.success ? json : others.find((other) => z.safeParse(schema, other).success);
    if (!checked.success && value === undefined) throw explainIssues(checked.error, json, keys);
    settings = mergeSettings(
      settings,
      keys.reduceRight<Nested>((inner, key) => ({ [key]: inner }), value as Nested),
    );
  }
  return settings;
}
