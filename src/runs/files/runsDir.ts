/** Which folder holds the runs. */
import { join, resolve } from "node:path";

/** @param base the workspace folder, or the current folder where there is no workspace */
export function defaultRunsDir(base: string): string {
  return join(resolve(base), ".whittle", "runs");
}
