/** Where a result comes from: the model's source, the commit, the machine. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { cpus, hostname, totalmem } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { RunRecord } from "../protocol/run.ts";
import { explainFsError } from "../runs/files/fsErrors.ts";
import type { Run } from "../runs/files/layout.ts";

const SOURCE_FOLDER = "source";

/** Copies the model file into the run, so that two runs can be compared by what they were. */
export async function keepSource(run: Run, modelFile: string): Promise<NonNullable<RunRecord["model"]>> {
  const target = join(run.dir, SOURCE_FOLDER, basename(modelFile));
  const sha256 = await hashFile(modelFile);
  try {
    await mkdir(dirname(target), { recursive: true });
    await copyFile(modelFile, target);
  } catch (error) {
    throw explainFsError(error, target);
  }
  return { sha256, source: `${SOURCE_FOLDER}/${basename(modelFile)}` };
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
