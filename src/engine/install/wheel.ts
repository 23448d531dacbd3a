/** The second way to libtensorflow: out of the TensorFlow wheel on PyPI. Linux only. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { messageOf, WhittleError } from "../../protocol/errors.ts";
import { firstThatRuns, pythonCommands } from "./compile.ts";
import { type DownloadOptions, download } from "./download.ts";
import { runProgram } from "./programs.ts";
import { unpack } from "./unpack.ts";
import type { Wheel } from "./versions.ts";

const PYPI = "https://pypi.org/simple";
/** The headers that the addon's sources include, directly or not. */
const HEADERS = ["tensorflow/c/", "tensorflow/core/platform/", "tensorflow/tsl/platform/", "tsl/"];
const CC_LIBRARY = "libtensorflow_cc.so.2";
const FRAMEWORK_LIBRARY = "libtensorflow_framework.so.2";

const indexSchema = z.object({
  files: z.array(z.object({ filename: z.string(), url: z.string() })),
});

/**
 * Puts the wheel at `file`, checked against its pinned checksum.
 * First straight from the index that pip is set to use; where that fails (credentials, a proxy, an index without the JSON
 * interface), through pip itself.
 */
export async function fetchWheel(wheel: Wheel, file: string, options: DownloadOptions): Promise<void> {
  const python = await firstThatRuns(pythonCommands(), options.signal);
  let direct: unknown;
  try {
    const url = await findWheelUrl(wheel, await indexUrl(python, options.signal), options.signal);
    await download({ url, sha256: wheel.sha256 }, file, options);
    return;
  } catch (error) {
    options.signal.throwIfAborted();
    direct = error;
  }
  if (python === undefined) {
    throw direct;
  }
  await fetchWithPip(python, wheel, file, options, direct);
}

async function indexUrl(python: string | undefined, signal: AbortSignal): Promise<string> {
  const fromEnvironment = process.env["PIP_INDEX_URL"];
  if (fromEnvironment) {
    return fromEnvironment;
  }
  const asked =
    python === undefined
      ? undefined
      : await runProgram(python, ["-m", "pip", "config", "get", "global.index-url"], { signal, deadlineMs: 20_000 });
  return asked?.code === 0 ? asked.stdout.trim() : PYPI;
}

async function findWheelUrl(wheel: Wheel, index: string, signal: AbortSignal): Promise<string> {
  const page = new URL(`${index.replace(/\/+$/, "")}/${wheel.project}/`);
  const response = await fetch(page, {
    headers: { accept: "application/vnd.pypi.simple.v1+json" },
    signal: AbortSignal.any([signal, AbortSignal.timeout(60_000)]),
  });
  if (!response.ok) {
    throw new Error(`${page} answered ${response.status} ${response.statusText}`);
  }
  const found = indexSchema.parse(await response.json()).files.find((entry) => entry.filename === wheel.fileName);
  if (found === undefined) {
    throw new Error(`${page} has no ${wheel.fileName}`);
  }
  return new URL(found.url, page).href;
}

async function fetchWithPip(
  python: string,
  wheel: Wheel,
  file: string,
  options: DownloadOptions,
  direct: unknown,
): Promise<void> {
  options.onFraction(undefined);
  const folder = `${file}.pip`;
  await mkdir(folder, { recursive: true });
  const request = ["--no-deps", "--only-binary=:all:", "--python-version", "3.11", "--platform", wheel.pipPlatform];
  const finished = await runProgram(
    python,
    ["-m", "pip", "download", ...request, "-d", folder, `${wheel.project}==${wheel.tensorflow}`],
    { signal: options.signal },
  );
  if (finished?.code !== 0) {
    throw new WhittleError(
      `Could not download ${wheel.fileName}: ${messageOf(direct)}; pip: ${finished?.stderr.trim().split("\n").at(-1)}`,
      { remedy: "Check the network and pip's settings (`pip config list`), then run `whittle setup` again." },
    );
  }
  await rename(join(folder, wheel.fileName), file);
  await rm(folder, { recursive: true });
  const sha256 = await sha256Of(file, options.signal);
  if (sha256 !== wheel.sha256) {
    throw new WhittleError(
      `${wheel.fileName} is not the expected file: its sha256 is ${sha256}, not ${wheel.sha256}.`,
      {
        remedy: "Check which index pip uses (`pip config list`), then run `whittle setup` again.",
      },
    );
  }
}

/** Lays the wheel's libraries and headers out as tfjs-node's build expects them: `deps/lib`, `deps/include`. */
export async function unpackWheel(
  file: string,
  folder: string,
  options: Omit<DownloadOptions, "onFraction"> & { readonly onFraction: (fraction: number) => void },
): Promise<void> {
  await unpack(file, folder, { ...options, place: placeWheelMember });
  const lib = join(folder, "deps", "lib");
  // The linker looks for libtensorflow; what it finds names itself libtensorflow_cc, so that is what is loaded.
  for (const name of ["libtensorflow.so", "libtensorflow.so.2"]) {
    await symlink(CC_LIBRARY, join(lib, name));
  }
  await symlink(FRAMEWORK_LIBRARY, join(lib, "libtensorflow_framework.so"));
}

function placeWheelMember(member: string): string | undefined {
  if (member === `tensorflow/${CC_LIBRARY}` || member === `tensorflow/${FRAMEWORK_LIBRARY}`) {
    return member.replace("tensorflow/", "deps/lib/");
  }
  const header = member.startsWith("tensorflow/include/") ? member.slice("tensorflow/include/".length) : undefined;
  return header !== undefined && HEADERS.some((start) => header.startsWith(start))
    ? `deps/include/${header}`
    : undefined;
}

export async function sha256Of(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash, signal === undefined ? {} : { signal });
  return hash.digest("hex");
}
