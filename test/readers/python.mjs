/**
 * Python with the programs that people open exported models with, in versions that `requirements.txt` pins: an environment of its
 * own in the user's cache, made at the first use. `node test/readers/python.mjs` makes it.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import envPaths from "env-paths";

const REQUIREMENTS = fileURLToPath(new URL("requirements.txt", import.meta.url));
/** What the pinned versions need. */
const OLDEST = [3, 11];
const isWindows = process.platform === "win32";
const PYTHONS = isWindows ? ["py", "python"] : ["python3", "python"];

/**
 * @returns the program; undefined, after saying so, where there is no Python that is new enough or packages cannot be had
 */
export function ensurePython() {
  const folder = environment();
  const program = join(folder, ...(isWindows ? ["Scripts", "python.exe"] : ["bin", "python"]));
  const stamp = join(folder, ".ready");
  if (existsSync(stamp)) return program;
  const base = PYTHONS.find((name) => isNew(name));
  if (base === undefined) return tell(`there is no Python ${OLDEST.join(".")} or newer`);
  process.stderr.write(`Installing Keras and other readers for Python into ${folder} …\n`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [command, args] of [
    [base, ["-m", "venv", folder]],
    [program, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS]],
  ]) {
    const { status, stderr } = spawnSync(command, args, { encoding: "utf8", windowsHide: true });
    if (status !== 0) return tell(`${command} ${args.join(" ")} failed: ${String(stderr).trim().split("\n").at(-1)}`);
  }
  writeFileSync(stamp, "");
  return program;
}

/** One for each list of versions. */
function environment() {
  const versions = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 12);
  const cache = process.env.WHITTLE_CACHE || envPaths("whittle", { suffix: "" }).cache;
  return join(cache, "python", versions);
}

function isNew(name) {
  const script = `import sys, venv; sys.exit(0 if sys.version_info >= (${OLDEST.join(", ")}) else 1)`;
  return spawnSync(name, ["-c", script], { windowsHide: true }).status === 0;
}

function tell(trouble) {
  process.stderr.write(`Exported models are not opened in Python, only compared with what is stored: ${trouble}.\n`);
  return undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensurePython();
