/** The one place where errors of the file system become sentences. */
import { errorCode, messageOf, WhittleError } from "../../protocol/errors.ts";

/** What a user chooses to have it elsewhere. */
export interface Place {
  readonly what: string;
  readonly option: string;
}

const RUNS_FOLDER: Place = { what: "runs folder", option: "--runs-dir" };

/**
 * What went wrong at `path`, and what to do.
 * @param doing e.g. `write`: stands in "Could not … <path>"
 */
export function explainFsError(
  error: unknown,
  path: string,
  doing: "read" | "write" | "delete" = "write",
  place = RUNS_FOLDER,
): WhittleError {
  if (error instanceof WhittleError) {
    return error;
  }
  const { reason, remedy } = explain(error, place);
  return new WhittleError(`Could not ${doing} ${path}: ${reason}.`, { remedy, cause: error });
}

function explain(error: unknown, { what, option }: Place): { reason: string; remedy: string } {
  switch (errorCode(error)) {
    case "ENOSPC":
      return { reason: "the disk is full", remedy: `Free some space, or choose another ${what} (${option}).` };
    case "EDQUOT":
      return {
        reason: "your disk quota is used up",
        remedy: `Free some space, or choose another ${what} (${option}).`,
      };
    case "EROFS":
      return {
        reason: "the file system is read-only",
        remedy: `Choose a ${what} that can be written to (${option}).`,
      };
    case "EACCES":
    case "EPERM":
      return {
        reason: "permission denied",
        remedy: `Change the permissions of the folder, or choose a ${what} that you own (${option}).`,
      };
    case "ENOENT":
      return { reason: "there is no such file or folder", remedy: "Check the path, and whether the run was deleted." };
    case "ENOTDIR":
    case "EEXIST":
      return {
        reason: "a file stands where a folder is needed",
        remedy: `Move that file away, or choose another ${what} (${option}).`,
      };
    case "ENAMETOOLONG":
      return { reason: "the path is too long", remedy: `Choose a ${what} with a shorter path (${option}).` };
    case "EMFILE":
    case "ENFILE":
      return { reason: "too many files are open", remedy: "Close other programs, or raise the limit (ulimit -n)." };
    case "EIO":
      return {
        reason: "the disk reported an error",
        remedy: `Check the disk, or choose another ${what} (${option}).`,
      };
    default:
      return { reason: messageOf(error), remedy: `Check the folder, or choose another ${what} (${option}).` };
  }
}
