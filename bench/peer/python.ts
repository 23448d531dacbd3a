/** Python with what the peers need, in the user's cache. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../src/engine/install/cache.ts";

export const TORCH = "2.13.0";
const PACKAGES = [
  ...[`torch==${TORCH}`, "numpy==2.4.6", "safetensors==0.8.0"],
  ...["sacrebleu==2.6.0", "tokenizers==0.23.3"],
];

const isWindows = process.platform === "win32";

/** @returns its interpreter; what is missing is installed */
export function providePython(): string {
  const home = join(cacheFolder(), "peer", `torch-${TORCH}`);
  const python = isWindows ? join(home, "Scripts", "python.exe") : join(home, "bin", "python");
  const record = join(home, "ready");
  const wanted = PACKAGES.join("\n");
  if (!existsSync(record)) {
    console.error(`Installing PyTorch into ${home} …`);
    run(isWindows ? "python" : "python3", ["-m", "venv", "--clear", home]);
  } else if (readFileSync(record, "utf8") === wanted) {
    return python;
  }
  run(python, ["-m", "pip", "install", "--quiet", ...PACKAGES]);
  writeFileSync(record, wanted);
  return python;
}

function run(program: string, args: readonly string[]): void {
  const { status } = spawnSync(program, args, { stdio: ["ignore", process.stderr, process.stderr] });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed`);
}
