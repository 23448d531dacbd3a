/** `whittle setup`: installs the native engine into the per-user cache. Can be interrupted and repeated. */
import { randomUUID } from "node:crypto";
import { lstat, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { errorCode, messageOf, WhittleError } from "../../protocol/errors.ts";
import { inspectNative, type Manifest, manifestPath, nativeFolder } from "./cache.ts";
import { checkInProcess } from "./checkProcess.ts";
import { checkCompiler, compileAddon } from "./compile.ts";
import { acquireInstallLock } from "./installLock.ts";
import { type BuildOptions, buildFromArchives, progress } from "./prebuilt.ts";
import { prebuiltFor, TFJS_NODE_VERSION, thisSystem, type Wheel, wheelFor } from "./versions.ts";
import { fetchWheel, sha256Of, unpackWheel } from "./wheel.ts";

export interface InstallOptions {
  onProgress(progress: { phase: string; fraction?: number }): void;
  readonly signal?: AbortSignal;
  /** Build anew even if a working one is there. */
  readonly force?: boolean;
}

export interface InstallOutcome {
  /** `present`: it was there already. */
  readonly status: "installed" | "present";
  readonly folder: string;
  readonly origin: Manifest["origin"];
  /** Version of libtensorflow. */
  readonly tensorflow: string;
  readonly seconds: number;
  /** One line for each way that was tried before and did not work. */
  readonly notes: readonly string[];
}

interface Way {
  readonly origin: Manifest["origin"];
  readonly title: string;
  readonly tensorflow: string;
  build(folder: string, options: BuildOptions): Promise<void>;
}

/**
 * @throws WhittleError that says for each way why it failed; the abort reason when cancelled. The cache then is as before.
 */
export async function installNative(options: InstallOptions): Promise<InstallOutcome> {
  const started = performance.now();
  const folder = nativeFolder();
  const signal = options.signal ?? new AbortController().signal;
  const present = options.force ? undefined : presentOutcome(folder, started);
  if (present !== undefined) {
    return present;
  }
  refuseOffline();
  const onProgress = (step: { phase: string; fraction?: number }) => options.onProgress(step);
  const lock = await openCache(folder, signal, onProgress);
  try {
    await sweepLeftovers(folder);
    // Another set-up may have finished while this one waited.
    const meanwhile = options.force ? undefined : presentOutcome(folder, started);
    return meanwhile ?? (await buildOneWay(folder, started, { onProgress, signal }));
  } finally {
    await lock.release();
  }
}

function presentOutcome(folder: string, started: number): InstallOutcome | undefined {
  const state = inspectNative(folder);
  if (state.kind !== "installed") {
    return undefined;
  }
  const { origin, tensorflow } = state.manifest;
  return { status: "present", folder, origin, tensorflow, seconds: secondsSince(started), notes: [] };
}

/** `WHITTLE_NO_NATIVE_DOWNLOAD=1` is for machines without network, where every attempt would only cost time. */
function refuseOffline(): void {
  if (process.env["WHITTLE_NO_NATIVE_DOWNLOAD"] === "1") {
    throw new WhittleError("The native engine is not downloaded, since WHITTLE_NO_NATIVE_DOWNLOAD=1 is set.", {
      remedy: "Unset it and run `whittle setup`, or go on with `--engine wasm`.",
    });
  }
}

async function openCache(folder: string, signal: AbortSignal, onProgress: BuildOptions["onProgress"]) {
  try {
    return await acquireInstallLock(`${folder}.lock`, {
      signal,
      onWait: () => onProgress({ phase: "waiting for another set-up to finish" }),
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new WhittleError(`The cache folder ${dirname(folder)} cannot be written: ${messageOf(error)}.`, {
      remedy: "Name a folder that can be written to in the environment variable WHITTLE_CACHE.",
      cause: error,
    });
  }
}

async function buildOneWay(folder: string, started: number, options: BuildOptions): Promise<InstallOutcome> {
  const notes: string[] = [];
  const remedies: string[] = [];
  for (const way of waysFor(thisSystem())) {
    const staging = `${folder}.building-${randomUUID()}`;
    await mkdir(staging, { recursive: true });
    try {
      await way.build(staging, options);
      options.onProgress({ phase: "checking" });
      await writeManifest(staging, way);
      await checkStaged(staging, options.signal);
      await publish(staging, folder);
      return {
        status: "installed",
        folder,
        origin: way.origin,
        tensorflow: way.tensorflow,
        seconds: secondsSince(started),
        notes,
      };
    } catch (error) {
      options.signal.throwIfAborted();
      notes.push(`${way.title}: ${messageOf(error)}`);
      remedies.push(error instanceof WhittleError ? error.remedy : remedyFor(error));
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  }
  throw new WhittleError(`The native engine could not be installed.\n${notes.map((note) => `- ${note}`).join("\n")}`, {
    remedy: remedies.at(-1) ?? "Go on with `--engine wasm`, which runs everywhere.",
  });
}

function remedyFor(error: unknown): string {
  return errorCode(error) === "ENOSPC"
    ? "Free 2 GB of disk space, or name another folder in the environment variable WHITTLE_CACHE."
    : "Run `whittle setup` again, or go on with `--engine wasm`.";
}

function waysFor(system: string): readonly Way[] {
  const ways: Way[] = [];
  const prebuilt = prebuiltFor(system);
  if (prebuilt !== undefined) {
    ways.push({
      origin: "download",
      title: "TensorFlow's own download",
      tensorflow: prebuilt.tensorflow,
      build: (folder, options) => buildFromArchives(prebuilt, folder, options),
    });
  }
  const wheel = wheelFor(system);
  if (wheel !== undefined) {
    ways.push({
      origin: "wheel",
      title: "the TensorFlow wheel on PyPI",
      tensorflow: wheel.tensorflow,
      build: (folder, options) => buildFromWheel(wheel, folder, options),
    });
  }
  if (ways.length === 0) {
    throw new WhittleError(`There is no native engine for ${system}.`, {
      remedy: "Go on with `--engine wasm`, which runs everywhere.",
    });
  }
  return ways;
}

async function buildFromWheel(wheel: Wheel, folder: string, options: BuildOptions): Promise<void> {
  await checkCompiler(options.signal);
  const file = join(folder, wheel.fileName);
  const report = (phase: string) => (fraction: number | undefined) => options.onProgress(progress(phase, fraction));
  const { signal } = options;
  await fetchWheel(wheel, file, { signal, onFraction: report("downloading TensorFlow's wheel (207 MB)") });
  await unpackWheel(file, folder, { signal, onFraction: report("unpacking TensorFlow's wheel") });
  await rm(file);
  options.onProgress({ phase: "compiling the addon" });
  await compileAddon(folder, signal);
}

async function writeManifest(folder: string, way: Way): Promise<void> {
  const files = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    // Links are left out: they lead to files that are listed.
    if ((await lstat(file)).isFile()) {
      const path = relative(folder, file).replaceAll("\\", "/");
      files.push({ path, bytes: (await stat(file)).size, sha256: await sha256Of(file) });
    }
  }
  const manifest: Manifest = {
    format: 1,
    tfjsNode: TFJS_NODE_VERSION,
    tensorflow: way.tensorflow,
    origin: way.origin,
    createdAt: new Date().toISOString(),
    files,
  };
  await writeFile(manifestPath(folder), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function checkStaged(staging: string, signal: AbortSignal): Promise<void> {
  const verdict = await checkInProcess("native", { signal, env: { WHITTLE_NATIVE_FOLDER: staging } });
  if (!verdict.usable) {
    throw new WhittleError(`it does not work on this machine: ${verdict.reason}`, {
      remedy: "Go on with `--engine wasm`, which runs everywhere.",
    });
  }
}

async function publish(staging: string, folder: string): Promise<void> {
  const old = `${folder}.old-${randomUUID()}`;
  try {
    await rename(folder, old);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") {
      throw error;
    }
  }
  await rename(staging, folder);
  await removeQuietly(old);
}

/** Folders that an interrupted set-up left. The caller holds the lock, so nobody is working in them. */
async function sweepLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder))) {
    if (name.startsWith(`${basename(folder)}.building-`) || name.startsWith(`${basename(folder)}.old-`)) {
      await removeQuietly(join(dirname(folder), name));
    }
  }
}

/** Windows does not delete a library that a running process has loaded: the next set-up tries again. */
async function removeQuietly(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    if (!["EPERM", "EBUSY", "EACCES", "ENOTEMPTY"].includes(errorCode(error) ?? "")) {
      throw error;
    }
  }
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}
