/** Puts an export where the user wants it: whole or not at all, and over nothing that is there unless that is meant. */
import { randomUUID } from "node:crypto";
import { lstat, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { errorCode, usageError } from "../protocol/errors.ts";
import { EXTENSIONS, type ModelFormat } from "../protocol/modelExport.ts";
import { explainFsError } from "../runs/files/fsErrors.ts";

type Files = ReadonlyMap<string, Uint8Array>;

const PLACE = { what: "place", option: "--out" };

/**
 * To be asked before the work, and again before the writing.
 * @param out absolute path
 * @throws WhittleError (usage) where it may not be written to
 */
export async function checkTarget(out: string, format: ModelFormat, overwrite: boolean): Promise<void> {
  const extension = EXTENSIONS[format];
  if (extension !== undefined && !out.toLowerCase().endsWith(extension)) {
    throw usageError(
      `A file of the form ${format} ends in ${extension}, and ${out} does not.`,
      `--out ${out}${extension}`,
    );
  }
  const found = await statusOf(out);
  if (found === undefined) {
    if ((await statusOf(dirname(out))) !== undefined) return;
    throw usageError(`There is no folder ${dirname(out)}.`, "Make it, or give another --out.");
  }
  if (!overwrite) throw usageError(`${out} is there already.`, "Give another --out, or --force to replace it.");
  const isFolder = extension === undefined;
  if (found.isDirectory() === isFolder) return;
  throw usageError(
    `${out} is a ${isFolder ? "file" : "folder"}, and the form ${format} is a ${isFolder ? "folder" : "file"}.`,
    "Give another --out.",
  );
}

/**
 * @param files as the form's `encode` gives them
 * @returns bytes of all of them
 * @throws WhittleError; what was there is then as it was
 */
export async function writeExport(out: string, format: ModelFormat, files: Files, overwrite: boolean): Promise<number> {
  await checkTarget(out, format, overwrite);
  try {
    if (EXTENSIONS[format] === undefined) await writeFolder(out, files);
    else
      for (const bytes of files.values())
        await writeFileAtomic(out, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  } catch (error) {
    throw explainFsError(error, out, "write", PLACE);
  }
  return [...files.values()].reduce((sum, { length }) => sum + length, 0);
}

/** Beside its place, then renamed. One that is there goes only if nothing else is in it. */
async function writeFolder(out: string, files: Files): Promise<void> {
  const isThere = (await statusOf(out)) !== undefined;
  if (isThere) await checkReplaceable(out, files);
  const [made, replaced] = ["new", "old"].map((kind) =>
    join(dirname(out), `.${basename(out)}-${randomUUID()}.${kind}`),
  ) as [string, string];
  try {
    await mkdir(made);
    for (const [path, bytes] of files) {
      const file = join(made, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, bytes, { flush: true });
    }
    if (isThere) await rename(out, replaced);
    await rename(made, out).catch(async (error: unknown) => {
      if (isThere) await rename(replaced, out);
      throw error;
    });
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  await rm(replaced, { recursive: true, force: true });
}

async function checkReplaceable(out: string, files: Files): Promise<void> {
  const ours = new Set([...files.keys()].map((path) => path.split("/")[0]));
  const other = (await readdir(out)).find((name) => !ours.has(name));
  if (other === undefined) return;
  throw usageError(
    `${out} is not replaced: it holds ${other}, which is no part of an export.`,
    "Give another --out, or move that away.",
  );
}

async function statusOf(path: string): Promise<Awaited<ReturnType<typeof lstat>> | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw explainFsError(error, path, "read", PLACE);
  }
}
