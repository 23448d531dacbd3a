/** Writing a file of tensors: it has its final name only when all of it is on the disk. Synchronous, as the trainer writes them. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { explainFsError } from "../files/fsErrors.ts";

/** What the name of a file that is being written ends in. */
export const TEMPORARY = ".tmp";

/** @throws WhittleError naming the file: disk full, folder read-only, …; what was there before is then there still */
export function writeTensorFile(file: string, pieces: readonly Uint8Array[]): void {
  const temporary = `${file}${TEMPORARY}`;
  try {
    writeSynced(temporary, pieces);
    renameSync(temporary, file);
    syncFolder(dirname(file));
  } catch (error) {
    discard(temporary);
    throw explainFsError(error, file);
  }
}

function writeSynced(file: string, pieces: readonly Uint8Array[]): void {
  const fd = openSync(file, "w");
  try {
    for (const piece of pieces) writeFileSync(fd, piece);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Gives back the space. If that fails as well, the reason is the one that is being reported already. */
function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    return;
  }
}

/** Makes a rename last through a power cut. Windows cannot open a folder for this, and does it by itself. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") {
    return;
  }
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
