/** Caches of their own for tests, and fake native engines in them. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { addonPath, manifestPath } from "../../../../src/engine/install/cache.ts";

/** Sets an environment variable (or removes it) while `work` runs. */
export async function withEnv<T>(name: string, value: string | undefined, work: () => T | Promise<T>): Promise<T> {
  const before = process.env[name];
  setEnv(name, value);
  try {
    return await work();
  } finally {
    setEnv(name, before);
  }
}

function setEnv(name: string, value: string | undefined): void {
  if (value === undefined) {
    delete process.env[name];
  } else {
    process.env[name] = value;
  }
}

/** Runs `work` with an empty cache of its own, without a native engine. */
export async function withEmptyCache<T>(work: (cache: string) => T | Promise<T>): Promise<T> {
  const cache = mkdtempSync(join(tmpdir(), "whittle-engine-"));
  try {
    return await withEnv("WHITTLE_CACHE", cache, () => withEnv("WHITTLE_NATIVE_FOLDER", undefined, () => work(cache)));
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

/** A complete native engine as far as files and manifest go, whose addon is no library. */
export function writeFakeNative(folder: string): void {
  const contents: Record<string, string> = {
    [addonPath(folder)]: "not a library",
    [join(folder, "deps/lib/lib")]: "x",
  };
  const files = Object.entries(contents).map(([file, text]) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    const path = file.slice(folder.length + 1).replaceAll("\\", "/");
    return { path, bytes: text.length, sha256: createHash("sha256").update(text).digest("hex") };
  });
  const manifest = { format: 1, tfjsNode: "4.22.0", tensorflow: "2.15.1", origin: "wheel", createdAt: "2026", files };
  writeFileSync(manifestPath(folder), JSON.stringify(manifest));
}
