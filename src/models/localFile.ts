/** Reads the files that a scan follows imports to. */
import { readFileSync, statSync } from "node:fs";

/** What is larger was not written by hand. Bytes. */
const LARGEST_BYTES = 1_000_000;

/** @param file an absolute path; undefined where there is no file, or it cannot be read, or has more than `largest` bytes */
export function readLocalFile(file: string, largest = LARGEST_BYTES): string | undefined {
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    return stats?.isFile() && stats.size <= largest ? readFileSync(file, "utf8") : undefined;
  } catch {
    // A name that goes through a file, a folder that is closed to us: no file that anybody could import.
    return undefined;
  }
}
