/**
 * tfjs-node 4.22.0 calls `util.isNullOrUndefined` and `util.isArray`, which Node 23 removed. They are put back on the
 * module object that it will be handed.
 */
import { join } from "node:path";
import { requireFrom } from "./nodeRequire.ts";

export function restoreUtilFunctions(): void {
  // Through require: an ES import of a built-in is a frozen view, require gives the object that CommonJS code shares.
  const util: Record<string, unknown> = requireFrom(join(process.cwd(), "noop.js"))("node:util");
  util["isNullOrUndefined"] ??= (value: unknown) => value === null || value === undefined;
  util["isArray"] ??= Array.isArray;
}
