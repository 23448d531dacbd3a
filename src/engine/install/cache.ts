/**
 * Where the native engine lies: `<cache>/engine/tfjs-node-<version>-<platform>-<arch>/` with `deps/lib/…` (libtensorflow),
 * `lib/napi-v8/tfjs_binding.node` (the addon, which finds the library relative to itself) and `manifest.json`, written
 * last: a folder with a manifest is complete, and has passed the known-answer check on this machine.
 */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import envPaths from "env-paths";
import { z } from "zod";
import { errorCode } from "../../protocol/errors.ts";
import { NAPI_LEVEL, TFJS_NODE_VERSION, thisSystem } from "./versions.ts";

const manifestSchema = z.strictObject({
  format: z.literal(1),
  tfjsNode: z.string(),
  tensorflow: z.string(),
  /** Where it came from. */
  origin: z.enum(["download", "wheel"]),
  createdAt: z.string(),
  files: z.array(z.strictObject({ path: z.string(), bytes: z.int(), sha256: z.string() })).min(2),
});
export type Manifest = z.infer<typeof manifestSchema>;

export type NativeState =
  | { readonly kind: "installed"; readonly folder: string; readonly manifest: Manifest }
  | { readonly kind: "missing"; readonly folder: string }
  | { readonly kind: "damaged"; readonly folder: string; readonly problem: string };

/** The per-user cache folder; `WHITTLE_CACHE` names another. */
export function cacheFolder(): string {
  return process.env["WHITTLE_CACHE"] || envPaths("whittle", { suffix: "" }).cache;
}

export function engineCacheFolder(): string {
  return join(cacheFolder(), "engine");
}

/**
 * Folder of the native engine. `WHITTLE_NATIVE_FOLDER` is how set-up points the checking process at a folder that is
 * not in its place yet.
 */
export function nativeFolder(): string {
  return (
    process.env["WHITTLE_NATIVE_FOLDER"] || join(engineCacheFolder(), `tfjs-node-${TFJS_NODE_VERSION}-${thisSystem()}`)
  );
}

export function addonPath(folder: string): string {
  return join(folder, "lib", `napi-v${NAPI_LEVEL}`, "tfjs_binding.node");
}

export function manifestPath(folder: string): string {
  return join(folder, "manifest.json");
}

/** Looks at the manifest and at the sizes of the files it names; reads no large file and runs nothing. */
export function inspectNative(folder = nativeFolder()): NativeState {
  let text: string;
  try {
    text = readFileSync(manifestPath(folder), "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      return { kind: "missing", folder };
    }
    return { kind: "damaged", folder, problem: `${manifestPath(folder)} cannot be read` };
  }
  const manifest = parseManifest(text);
  if (manifest === undefined) {
    return { kind: "damaged", folder, problem: `${manifestPath(folder)} is not a manifest of this version` };
  }
  for (const file of manifest.files) {
    const bytes = statSync(join(folder, file.path), { throwIfNoEntry: false })?.size;
    if (bytes !== file.bytes) {
      return { kind: "damaged", folder, problem: `${join(folder, file.path)} is missing or has another size` };
    }
  }
  return { kind: "installed", folder, manifest };
}

function parseManifest(text: string): Manifest | undefined {
  try {
    return manifestSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}
