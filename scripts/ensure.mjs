/**
 * Makes a fresh clone ready: packages, then bundles; does nothing where both are up to date. Built-ins only, since
 * node_modules may not be there yet. `node scripts/ensure.mjs` does it alone.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** `engines` of package.json. */
const OLDEST_NODE = [20, 19];
/** Written when a build has ended, so that a build that was interrupted counts as none. */
const BUILD_STAMP = join(ROOT, "dist", ".built");
const BUNDLES = [
  "cli.cjs",
  "trainer.cjs",
  "decodingThread.cjs",
  "babel.cjs",
  "extension.cjs",
  "parser.cjs",
  "live.js",
  "data.js",
  "whittle-layers.js",
  join("addon", "node-gyp", "lib", "node-gyp.cjs"),
];
const BUILD_INPUTS = ["src", "webpack.config.js", "scripts/bundledPackages.mjs", "package.json", "tsconfig.json"];

const QUIET = ["--no-audit", "--no-fund"];

/** Packages and bundles. @throws Error with a message for users */
export async function ensureReady() {
  checkNode();
  await ensurePackages();
  await ensureBundles();
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    throw new Error(`Whittle needs Node ${OLDEST_NODE.join(".")} or newer; this is ${process.version}.`);
  }
}

async function ensurePackages() {
  if (areInstalled()) {
    return;
  }
  await runWithProgress("Installing packages", ...npm("ci", ...QUIET));
}

/** Whether node_modules holds what the lock file says, by npm's own record of what it installed. */
function areInstalled() {
  const record = join(ROOT, "node_modules", ".package-lock.json");
  if (!existsSync(record)) {
    return false;
  }
  const installed = readPackages(record);
  const wanted = readPackages(join(ROOT, "package-lock.json"));
  return Object.entries(wanted).every(([path, { version, integrity, optional, peer }]) => {
    // The lock file's first entry is the project itself; what is optional may be for other systems.
    const there = installed[path];
    return path === "" || (there === undefined ? optional || peer : isSame(there, { version, integrity }));
  });
}

function isSame(one, other) {
  return one.version === other.version && one.integrity === other.integrity;
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages;
}

async function ensureBundles() {
  const built = existsSync(BUILD_STAMP) ? statSync(BUILD_STAMP).mtimeMs : 0;
  const complete = BUNDLES.every((name) => existsSync(join(ROOT, "dist", name)));
  if (complete && newestIn(BUILD_INPUTS.map((name) => join(ROOT, name))) <= built) {
    return;
  }
  await build();
}

export async function build() {
  const webpack = join(ROOT, "node_modules", "webpack-cli", "bin", "cli.js");
  const began = new Date();
  rmSync(BUILD_STAMP, { force: true });
  await runWithProgress("Building", process.execPath, [webpack]);
  writeFileSync(BUILD_STAMP, "");
  // The time when it began: sources that changed meanwhile are newer, so the next start builds again.
  utimesSync(BUILD_STAMP, began, began);
}

/** Milliseconds since 1970 of the newest file or folder; a folder changes when a file in it is added or removed. */
function newestIn(paths) {
  let newest = 0;
  for (const path of paths) {
    const stats = statSync(path);
    newest = Math.max(newest, stats.mtimeMs);
    if (stats.isDirectory()) {
      newest = Math.max(newest, newestIn(readdirSync(path).map((name) => join(path, name))));
    }
  }
  return newest;
}

/** npm as [program, arguments]: by the script that runs us where there is one, which needs no shell on Windows. */
function npm(...args) {
  const script = process.env.npm_execpath;
  return script?.endsWith("npm-cli.js")
    ? [process.execPath, [script, ...args]]
    : [process.platform === "win32" ? "npm.cmd" : "npm", args];
}

/** Runs a program to its end. Its output is shown when it fails. */
async function runWithProgress(title, program, args) {
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(0)} s`;
  const isTerminal = process.stderr.isTTY;
  process.stderr.write(isTerminal ? title : `${title} …\n`);
  const timer = isTerminal ? setInterval(() => process.stderr.write(`\r${title} … ${seconds()}`), 500) : undefined;
  const { code, output } = await collect(program, args);
  clearInterval(timer);
  if (isTerminal) {
    process.stderr.write(`\r${title} … ${code === 0 ? `done, ${seconds()}` : "failed"}\n`);
  }
  if (code !== 0) {
    throw new Error(`${title} failed: ${[program, ...args].join(" ")}\n${output}`);
  }
}

function collect(program, args) {
  return new Promise((done, reject) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      // Windows starts .cmd files only through a shell; the arguments are our own, and need no quoting.
      shell: program.endsWith(".cmd"),
      windowsHide: true,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        output += text;
      });
    }
    child.once("error", reject);
    child.once("close", (code) => done({ code, output }));
  });
}

/** Runs a program that shows its own output. @returns its exit code; 1 for one that a signal ended */
export function runShown(program, args, options = {}) {
  return new Promise((done, reject) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: "inherit", windowsHide: true, ...options });
    // Ctrl-C reaches the child as well, which may have something to save; we wait for it, then end too.
    let interrupted = false;
    const onInterrupt = () => {
      interrupted = true;
    };
    process.on("SIGINT", onInterrupt);
    child.once("error", reject);
    child.once("close", (code) => {
      process.off("SIGINT", onInterrupt);
      if (interrupted) {
        process.exit(130);
      }
      done(code ?? 1);
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await (process.argv.includes("--build") ? build() : ensureReady());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
