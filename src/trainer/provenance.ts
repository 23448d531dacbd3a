/** Where a result comes from: the model's source, the commit, the machine. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { cpus, hostname, totalmem } from "node:os";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { promisify } from "node:util";
import { readLocalFile } from "../models/localFile.ts";
import { kindOfKerasFile } from "../models/scan/kerasFiles.ts";
import { localFilesOf } from "../models/scan/localFiles.ts";
import { WhittleError } from "../protocol/errors.ts";
import type { RunRecord } from "../protocol/run.ts";
import { explainFsError } from "../runs/files/fsErrors.ts";
import { isInside, type Run } from "../runs/files/layout.ts";

const SOURCE_FOLDER = "source";

type KeptModel = NonNullable<RunRecord["model"]>;

/**
 * Copies the model file, and those of the user's own that it imports, into the run, so that two runs can be compared by what
 * they were. Imports are read from the text, so what a file requires by a name that it makes up is not among them.
 */
export async function keepSource(run: Run, modelFile: string): Promise<KeptModel> {
  const files = collectSources(modelFile);
  const folder = commonFolder(files);
  const kept: NonNullable<KeptModel["files"]> = [];
  for (const file of files) {
    const source = `${SOURCE_FOLDER}/${withSlashes(relative(folder, file))}`;
    kept.push({ path: pathFrom(modelFile, file), sha256: await hashFile(file), source });
    await copy(file, join(run.dir, source));
  }
  const [own = { sha256: "", source: "" }, ...imported] = kept;
  return imported.length === 0
    ? { sha256: own.sha256, source: own.source }
    : { sha256: hashTogether(kept), source: own.source, files: kept };
}

/** The file of a run's model, a copy of which the run has kept, that is not as it was; undefined where all are. */
export async function findChange({ sha256, files }: KeptModel, modelFile: string): Promise<string | undefined> {
  const before = files ?? [{ path: basename(modelFile), sha256 }];
  for (const each of before) {
    const file = resolve(dirname(modelFile), each.path);
    if (each.sha256 !== (await hashFile(file))) return file;
  }
  // A file may have come that is meant in place of another one. Runs of 0.1.0 do not know what was imported.
  return (
    files && collectSources(modelFile).find((file) => !files.some(({ path }) => path === pathFrom(modelFile, file)))
  );
}

/** A run that goes on with another model or other data would be neither the old run nor a new one. */
export function explainChange(what: string, { id }: RunRecord): WhittleError {
  return new WhittleError(`${what} has changed since run ${id} began`, {
    remedy:
      "Start a new run, or put the file back as it was: copies of the model's files lie in the run's folder under source/.",
  });
}

/** The model file first. */
function collectSources(modelFile: string): readonly string[] {
  if (kindOfKerasFile(modelFile) !== undefined) return [modelFile];
  const text = readLocalFile(modelFile, Number.POSITIVE_INFINITY) ?? "";
  const read = (file: string): string | undefined => readLocalFile(file, Number.POSITIVE_INFINITY);
  return [modelFile, ...[...localFilesOf(modelFile, text, read)].map(({ file }) => file)];
}

const withSlashes = (path: string): string => path.replaceAll(sep, "/");

const pathFrom = (modelFile: string, file: string): string => withSlashes(relative(dirname(modelFile), file));

function commonFolder(files: readonly string[]): string {
  let folder = dirname(files[0] ?? "");
  while (!files.every((file) => isInside(folder, file))) folder = dirname(folder);
  return folder;
}

/** Of all files, in whatever order they are imported. */
function hashTogether(files: NonNullable<KeptModel["files"]>): string {
  const lines = files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex");
}

async function copy(file: string, target: string): Promise<void> {
  try {
    await mkdir(dirname(target), { recursive: true });
    await copyFile(file, target);
  } catch (error) {
    throw explainFsError(error, target);
  }
}

export async function hashFile(file: string): Promise<string> {
  try {
    return createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
  } catch (error) {
    throw explainFsError(error, file, "read");
  }
}

/** Commit of the folder's repository; undefined where there is none, or no git. */
export async function describeGit(folder: string): Promise<RunRecord["git"]> {
  const git = async (...args: string[]) => (await promisify(execFile)("git", args, { cwd: folder })).stdout.trim();
  try {
    const [commit, changes] = await Promise.all([git("rev-parse", "HEAD"), git("status", "--porcelain")]);
    return { commit, dirty: changes !== "" };
  } catch {
    return undefined;
  }
}

export function describeMachine(): NonNullable<RunRecord["machine"]> {
  return {
    host: hostname(),
    platform: `${process.platform}-${process.arch}`,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}
