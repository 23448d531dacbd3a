/** The native engine, if it can be had. Without it everything works on wasm, only slower, so failure is a note. */
import { join } from "node:path";
import { ROOT, runShown } from "./ensure.mjs";

export const CLI = join(ROOT, "dist", "cli.cjs");

export async function trySetup() {
  const code = await runShown(process.execPath, [CLI, "setup"], { stdio: ["ignore", "inherit", "inherit"] });
  if (code !== 0) {
    console.log(
      "Note: going on without the native engine, on wasm. `whittle doctor` explains, `whittle setup` tries again.",
    );
  }
}
