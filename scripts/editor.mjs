/**
 * `npm run editor`: VS Code with this extension and a copy of the examples, to try things out. Where no window can be
 * shown, or no VS Code be had, its server edition takes its place, in the user's own browser. All of it lies in
 * out/editor, so that nothing of the user's editor is touched; what is changed there is there the next time.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { ensureReady, ROOT, runShown } from "./ensure.mjs";
import { trySetup } from "./native.mjs";

const EXTENSION = resolve(ROOT);
const HOME = join(EXTENSION, "out", "editor");
const FOLDER = join(HOME, "examples");
const USER_DATA = join(HOME, "user");
const EXTENSIONS = join(HOME, "extensions");

async function main() {
  await ensureReady();
  await trySetup();
  prepareHome();
  // Not at the top: what it needs may have had to be installed first.
  const { hasDisplay } = await import("../test/integration/desktopEdition.mjs");
  const program = hasDisplay() ? await findDesktop() : undefined;
  return program === undefined ? serve() : openWindow(program);
}

/** Files that are there already stay as the user left them. */
function prepareHome() {
  mkdirSync(join(USER_DATA, "User"), { recursive: true });
  cpSync(join(EXTENSION, "examples"), FOLDER, { recursive: true, force: false });
  const settings = join(USER_DATA, "User", "settings.json");
  cpSync(join(EXTENSION, "test", "integration", "settings.json"), settings, { force: false });
}

/** @returns the program of VS Code, downloaded or installed, and how it has to be started; none where there is none */
async function findDesktop() {
  const { provideDesktop } = await import("../test/integration/desktopEdition.mjs");
  try {
    // A download lacks what lets Chromium's sandbox work on some systems.
    return { file: await provideDesktop(), args: process.platform === "linux" ? ["--no-sandbox"] : [], shell: false };
  } catch (error) {
    console.log(`VS Code could not be downloaded (${error.message.split("\n")[0]}).`);
  }
  const code = { file: "code", args: [], shell: process.platform === "win32" };
  try {
    const { withoutEditor } = await import("../test/integration/editorServer.mjs");
    await promisify(execFile)(code.file, ["--version"], { env: withoutEditor(process.env), shell: code.shell });
    return code;
  } catch (error) {
    console.log(`Nor is there a \`code\` that works (${error.message.split("\n")[0]}).`);
    return undefined;
  }
}

/** @returns its exit code, when the window is closed; an installed `code` ends at once and leaves it open */
async function openWindow({ file, args, shell }) {
  const { withoutEditor } = await import("../test/integration/editorServer.mjs");
  const all = [
    ...args,
    FOLDER,
    `--extensionDevelopmentPath=${EXTENSION}`,
    `--user-data-dir=${USER_DATA}`,
    `--extensions-dir=${EXTENSIONS}`,
    "--disable-workspace-trust",
    "--skip-release-notes",
  ];
  console.log(`VS Code opens with ${FOLDER}.`);
  // Windows starts `code` only through a shell, which would part names at their blanks.
  const quoted = shell ? all.map((arg) => `"${arg}"`) : all;
  return runShown(file, quoted, { env: withoutEditor(process.env), shell });
}

/** Until Ctrl-C. @returns the exit code */
async function serve() {
  const ended = new Promise((done) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
      process.on(signal, () => done(0));
    }
  });
  const { provideEditor } = await import("../test/integration/editorCache.mjs");
  const { startServer } = await import("../test/integration/editorServer.mjs");
  const server = await startServer(await provideEditor(console.log), {
    userData: USER_DATA,
    extensions: EXTENSIONS,
    home: join(HOME, "server"),
    isTrusted: true,
  });
  console.log(`Open in a browser on this machine (Ctrl-C ends it):\n\n  ${server.address(EXTENSION, FOLDER)}\n`);
  const code = await Promise.race([ended, server.exited.then(() => 1)]);
  await server.stop();
  return code;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
