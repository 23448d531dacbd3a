/** The user's own Python, where a form's reader is a package of it. */
import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { promisify } from "node:util";
import { z } from "zod";

const NAMES = process.platform === "win32" ? ["python", "py"] : ["python3", "python"];

/** Before all else, so that no file of the current folder passes for a module. */
const SAFE_PATH = "import sys\nsys.path[:] = [each for each in sys.path if each != '']\n";

export interface Python {
  readonly program: string;
  /** Of the package that was asked for. */
  readonly version: string;
}

const versionSchema = z.string().regex(/^\d[\w.+!-]*$/);

/**
 * @param distribution what `pip install` calls it
 * @returns the first Python that has it; undefined where none has
 */
export async function findPython(distribution: string): Promise<Python | undefined> {
  for (const program of NAMES) {
    const script = "from importlib.metadata import version\nprint(version(sys.argv[1]))";
    const said = await runPython(program, script, [distribution]).catch(() => undefined);
    const version = versionSchema.safeParse(said?.toString().trim()).data;
    if (version !== undefined) return { program, version };
  }
  return undefined;
}

/** @returns what the script writes to standard output @throws Error with what it says on standard error */
export async function runPython(program: string, script: string, args: readonly string[]): Promise<Buffer> {
  const { stdout } = await promisify(execFile)(program, ["-c", SAFE_PATH + script, ...args], {
    cwd: homedir(),
    encoding: "buffer",
    maxBuffer: Number.POSITIVE_INFINITY,
    windowsHide: true,
    env: { ...process.env, PYTHONSAFEPATH: "1", PYTHONDONTWRITEBYTECODE: "1" },
  });
  return stdout;
}
