/** Which engines the end-to-end tests can use here: wasm everywhere, native where it is installed. */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

const TRAINER = resolve(import.meta.dirname, "../../dist/trainer.cjs");

function isUsable(engine: string): boolean {
  return spawnSync(process.execPath, [TRAINER, "--check-engine", engine], { stdio: "ignore" }).status === 0;
}

export const USABLE_ENGINES: readonly string[] = ["wasm", ...["native"].filter(isUsable)];
