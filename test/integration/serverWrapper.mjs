/**
 * Stands in for VS Code's program: takes the arguments that @vscode/test-electron gives it, starts the server edition and
 * a headless Chromium with the workbench, and ends with the exit code of the tests in the extension host.
 * WHITTLE_EDITOR holds where the parts are (see editorCache.mjs), WHITTLE_DEBUG_PORT is opened for the scenario.
 */
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { chromium } from "playwright-core";
import { startServer } from "./editorServer.mjs";

const NEEDED_BUILTINS = ["theme-defaults", "typescript-basics", "javascript", "json"];

const args = process.argv.slice(2);
const argument = (name) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const folder = args.find((arg) => !arg.startsWith("-"));
const parts = JSON.parse(process.env.WHITTLE_EDITOR);
const debugPort = process.env.WHITTLE_DEBUG_PORT;

const home = await mkdtemp(join(tmpdir(), "whittle-editor-"));
let finish;
const finished = new Promise((resolve) => {
  finish = resolve;
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => finish(130));
}

let server;
let browser;
let code = 1;
try {
  server = await startServer(parts, {
    userData: argument("user-data-dir"),
    extensions: argument("extensions-dir"),
    home: join(home, "server"),
    isTrusted: process.env.WHITTLE_TRUSTED === "true",
    builtins: await linkBuiltins(join(home, "builtin")),
  });
  server.exited.then(() => finish(1));
  browser = await openBrowser();
  code = await finished;
} catch (error) {
  console.error(error);
} finally {
  await browser?.close().catch((error) => console.error(`Chromium did not close: ${error.message}`));
  await server?.stop();
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(code);

/** Those that are needed alone: the editor starts in half of the time. */
async function linkBuiltins(to) {
  await mkdir(to);
  const builtins = join(dirname(dirname(parts.server)), "extensions");
  for (const name of NEEDED_BUILTINS) {
    await symlink(join(builtins, name), join(to, name));
  }
  return to;
}

async function openBrowser() {
  const browser = await chromium.launch({
    executablePath: parts.chromium,
    args: ["--no-sandbox", "--disable-dev-shm-usage", `--remote-debugging-port=${debugPort}`],
    env: { ...process.env, ...parts.chromiumEnv },
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  browser.once("disconnected", () => finish(1));
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  page.once("crash", () => finish(1));
  page.once("close", () => finish(1));
  await page.exposeFunction("codeAutomationLog", (_severity, lines) => {
    const text = lines.join(" ");
    if (text.includes("[whittle-test]")) {
      console.log(text);
    }
  });
  await page.exposeFunction("codeAutomationExit", (exitCode) => finish(exitCode));
  const payload = [
    ["extensionTestsPath", server.remotePath(argument("extensionTestsPath"))],
    ["skipWelcome", "true"],
  ];
  await page.goto(server.address(argument("extensionDevelopmentPath"), folder, payload));
  return browser;
}
