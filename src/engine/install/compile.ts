/** Compiles tfjs-node's addon against a libtensorflow, with node-gyp, in a copy of its sources. */
import { existsSync } from "node:fs";
import { copyFile, cp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { WhittleError } from "../../protocol/errors.ts";
import { addonTools } from "./bundle.ts";
import { addonPath } from "./cache.ts";
import { runProgram } from "./programs.ts";
import { NAPI_LEVEL } from "./versions.ts";

const REMEDY: Readonly<Record<string, string>> = {
  linux:
    "Install them (Debian, Ubuntu: `sudo apt install g++ make python3`; Fedora: `sudo dnf install gcc-c++ make python3`)",
  darwin: "Install Apple's command line tools: `xcode-select --install`",
};

/**
 * What is missing for compiling, before anything large is downloaded.
 * @throws WhittleError that names it and how to install it
 */
export async function checkCompiler(signal: AbortSignal): Promise<void> {
  const wanted = [
    { what: "a C++ compiler", commands: process.env["CXX"] ? [process.env["CXX"]] : ["g++", "clang++", "c++"] },
    { what: "make", commands: process.env["MAKE"] ? [process.env["MAKE"]] : ["make"] },
    { what: "Python 3", commands: pythonCommands() },
  ];
  const missing: string[] = [];
  for (const { what, commands } of wanted) {
    if ((await firstThatRuns(commands, signal)) === undefined) {
      missing.push(what);
    }
  }
  if (missing.length > 0) {
    throw new WhittleError(`Compiling the engine's addon needs ${missing.join(", ")}.`, {
      remedy: `${REMEDY[process.platform] ?? "Install what node-gyp asks for"}, then run \`whittle setup\` again.`,
    });
  }
}

export function pythonCommands(): readonly string[] {
  return process.platform === "win32" ? ["py", "python"] : ["python3", "python"];
}

/** The first of `commands` that answers `--version`. */
export async function firstThatRuns(commands: readonly string[], signal: AbortSignal): Promise<string | undefined> {
  for (const command of commands) {
    const finished = await runProgram(command, ["--version"], { signal, deadlineMs: 20_000 });
    if (finished?.code === 0) {
      return command;
    }
  }
  return undefined;
}

/**
 * @param folder has `deps/lib` and `deps/include`; gets `lib/napi-v8/tfjs_binding.node`
 * @throws WhittleError with the end of the compiler's output
 */
export async function compileAddon(folder: string, signal: AbortSignal): Promise<void> {
  const { nodeGyp, sources } = addonTools();
  await cp(join(sources, "binding"), join(folder, "binding"), { recursive: true });
  await copyFile(join(sources, "binding.gyp"), join(folder, "binding.gyp"));
  const nodeDir = await nodeHeaders(signal);
  const finished = await runProgram(
    process.execPath,
    [
      nodeGyp,
      "rebuild",
      "--module_name=tfjs_binding",
      `--module_path=${dirname(addonPath(folder))}`,
      `--napi_build_version=${NAPI_LEVEL}`,
      // Headers that it has to download; by default it keeps them in the user's home.
      `--devdir=${join(folder, "headers")}`,
      ...(nodeDir === undefined ? [] : [`--nodedir=${nodeDir}`]),
    ],
    {
      cwd: folder,
      signal,
      // Its Python parts lie in the installed extension, where nothing is to be written.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1", PYTHONDONTWRITEBYTECODE: "1" },
    },
  );
  if (finished?.code !== 0 || !existsSync(addonPath(folder))) {
    throw new WhittleError(`Compiling the engine's addon failed: ${lastLines(finished?.stderr ?? "")}`, {
      remedy: "Run `whittle doctor` to see what the compiler needs, or go on with `--engine wasm`.",
    });
  }
  for (const leftover of ["binding", "binding.gyp", "build", "headers", join("deps", "include")]) {
    await rm(join(folder, leftover), { recursive: true, force: true });
  }
}

/**
 * Folder that has `include/node/node_api.h`, where one is known; without one, node-gyp downloads the headers. Asked for
 * here since node-gyp, run by itself, does not read npm's settings files.
 */
async function nodeHeaders(signal: AbortSignal): Promise<string | undefined> {
  const candidates = [process.env["npm_config_nodedir"], dirname(dirname(process.execPath))];
  const npm =
    process.platform === "win32" ? undefined : await runProgram("npm", ["config", "get", "nodedir"], { signal });
  candidates.push(npm?.stdout.trim());
  return candidates.find((folder) => folder && existsSync(join(folder, "include", "node", "node_api.h")));
}

function lastLines(text: string): string {
  const lines = text.split("\n").filter((line) => line.includes("error") || line.includes("ERR"));
  return (lines.length > 0 ? lines : text.split("\n")).slice(-6).join("\n").trim();
}
