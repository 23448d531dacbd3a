/**
 * Stands in for VS Code's program: takes the arguments that @vscode/test-electron gives it, starts the server edition and
 * a headless Chromium with the workbench, and ends with the exit code of the tests in the extension host.
 * WHITTLE_EDITOR holds where the parts are (see editorCache.mjs), WHITTLE_DEBUG_PORT is opened for the scenario.
 */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { chromium } from "playwright-core";
import { freePort } from "./freePort.mjs";

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
  await prepareHome();
  const port = await freePort();
  server = await startServer(port);
  browser = await openBrowser(port);
  code = await finished;
} catch (error) {
  console.error(error);
} finally {
  await browser?.close().catch((error) => console.error(`Chromium did not close: ${error.message}`));
  if (server?.exitCode === null && server.signalCode === null) {
    const gone = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    const hard = setTimeout(() => server.kill("SIGKILL"), 5000);
    await gone;
    clearTimeout(hard);
  }
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(code);

async function prepareHome() {
  await mkdir(join(home, "builtin"));
  const builtins = join(dirname(dirname(parts.server)), "extensions");
  for (const name of NEEDED_BUILTINS) {
    await symlink(join(builtins, name), join(home, "builtin", name));
  }
}

async function startServer(port) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("VSCODE_") && name !== "ELECTRON_RUN_AS_NODE"),
  );
  const flags = ["--host", "127.0.0.1", "--port", String(port), "--without-connection-token"];
  flags.push("--accept-server-license-terms", "--disable-telemetry", "--disable-experiments");
  flags.push(
    "--enable-smoke-test-driver",
    ...(process.env.WHITTLE_TRUSTED === "true" ? ["--disable-workspace-trust"] : []),
  );
  flags.push("--user-data-dir", argument("user-data-dir"), "--extensions-dir", argument("extensions-dir"));
  flags.push("--server-data-dir", join(home, "server"), "--builtin-extensions-dir", join(home, "builtin"));
  const child = spawn(parts.node, [parts.server, ...flags], { env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  await new Promise((resolve, reject) => {
    const listen = (text) => {
      said += text;
      if (said.includes("Extension host agent listening on")) {
        resolve();
      }
    };
    child.stdout.setEncoding("utf8").on("data", listen);
    // Native parts that are missing print stacks here; nothing of what is tested needs them.
    child.stderr.setEncoding("utf8").on("data", listen);
    child.once("error", reject);
    child.once("exit", (exitCode) => {
      reject(new Error(`VS Code's server ended with ${exitCode}:\n${said.slice(-4000)}`));
      finish(1);
    });
  });
  return child;
}

async function openBrowser(port) {
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
  const remote = (path) => `vscode-remote://127.0.0.1:${port}${path}`;
  const payload = [
    ["extensionDevelopmentPath", remote(argument("extensionDevelopmentPath"))],
    ["extensionTestsPath", remote(argument("extensionTestsPath"))],
    ["skipWelcome", "true"],
  ];
  const query = new URLSearchParams({ folder, payload: JSON.stringify(payload) });
  await page.goto(`http://127.0.0.1:${port}/?${query}`);
  return browser;
}
