/** The user's own Python, where a form's reader is a package of it. */
import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { promisify } from "node:util";
import { z } from "zod";
import { sizeOf } from "../../models/shapes.ts";
import { messageOf } from "../../protocol/errors.ts";
import type { StoredTensor } from "../../runs/checkpoint/safetensors.ts";

const NAMES = process.platform === "win32" ? ["python", "py"] : ["python3", "python"];

/** Before all else, so that no file of the current folder passes for a module. */
const SAFE_PATH = "import sys\nsys.path[:] = [each for each in sys.path if each != '']\n";

export interface Python {
  readonly program: string;
  /** Of the first package that was asked for. */
  readonly version: string;
}

const VERSIONS = "from importlib.metadata import version\nprint(*[version(each) for each in sys.argv[1:]])";
const versionsSchema = z.string().regex(/^\d[\w.+! -]*$/);

/**
 * @param distributions what `pip install` calls them
 * @returns the first Python that has all of them; undefined where none has
 */
export async function findPython(...distributions: readonly string[]): Promise<Python | undefined> {
  for (const program of NAMES) {
    const said = await runPython(program, VERSIONS, distributions).catch(() => undefined);
    const [version] = versionsSchema.safeParse(said?.toString().trim()).data?.split(" ") ?? [];
    if (version !== undefined) return { program, version };
  }
  return undefined;
}

/** @returns what the script writes to standard output @throws Error with the last line of what it says on standard error */
export async function runPython(program: string, script: string, args: readonly string[]): Promise<Buffer> {
  try {
    const { stdout } = await promisify(execFile)(program, ["-c", SAFE_PATH + script, ...args], {
      cwd: homedir(),
      encoding: "buffer",
      maxBuffer: Number.POSITIVE_INFINITY,
      windowsHide: true,
      env: { ...process.env, PYTHONSAFEPATH: "1", PYTHONDONTWRITEBYTECODE: "1" },
    });
    return stdout;
  } catch (error) {
    throw new Error(lastWords(error) ?? messageOf(error), { cause: error });
  }
}

/** What Node says of such a failure has the whole script in it. */
function lastWords(error: unknown): string | undefined {
  const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  return said === "" ? undefined : said.slice(said.lastIndexOf("\n") + 1);
}

/** After a script that has put NumPy arrays of floats into `arrays`: names and shapes as a line of JSON, then all values. */
const SAY_ARRAYS = `
import json
values = [array.astype("<f4", casting="safe") for array in arrays.values()]
head = json.dumps([[name, list(array.shape)] for name, array in zip(arrays, values)])
sys.stdout.buffer.write(head.encode() + b"\\n")
for array in values:
    sys.stdout.buffer.write(array.tobytes())
`;

const headSchema = z.array(z.tuple([z.string(), z.array(z.int().min(0))]));

/** @param script puts what is in the file `sys.argv[1]` into a dictionary `arrays` @throws Error with a reason */
export async function readArrays(
  program: string,
  script: string,
  file: string,
): Promise<ReadonlyMap<string, StoredTensor>> {
  const said = await runPython(program, script + SAY_ARRAYS, [file]);
  const end = said.indexOf("\n");
  const head = headSchema.parse(JSON.parse(said.toString("utf8", 0, end)));
  const data = Uint8Array.from(said.subarray(end + 1));
  let at = 0;
  return new Map(
    head.map(([name, shape]) => {
      const count = sizeOf(shape);
      const values = new Float32Array(data.buffer, at, count);
      at += values.byteLength;
      return [name, { shape, values }];
    }),
  );
}
