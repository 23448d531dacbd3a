/**
 * The tests in a real VS Code; `npm test` calls this file and nothing else of this folder. VS Code's desktop edition where
 * it can be had, its server edition in a headless Chromium otherwise; the scenario acts on either through the browser's
 * debugging port. WHITTLE_TEST_EDITOR=desktop|server picks one. Writes out/integration.json and out/screenshots/.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { downloadAndUnzipVSCode, runTests } from "@vscode/test-electron";
import { provideEditor } from "./editorCache.mjs";
import { freePort } from "./freePort.mjs";
import { runScenario } from "./scenario.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));
const out = join(root, "out");
const VERSION = "1.139.1";
const TIME_LIMIT_MS = 300_000;

/** The example's own network, with a budget of seconds. */
const SHORT = `defineExperiment({
  model: lenet300,
  data: "digits",
  epochs: 2,
  pruning: { interval: 1, maxEpochs: 4, finetuneEpochs: 1, bound: { maxDrop: 3 } },
});`;
const EXPERIMENT = /defineExperiment\(\{[\s\S]*\}\);/;

const say = (line) => console.log(`[integration] ${line}`);

for (const file of ["extension.cjs", "trainer.cjs", "live.js"]) {
  if (!existsSync(join(root, "dist", file))) {
    throw new Error(`dist/${file} is missing. Build first: npm run build`);
  }
}
await mkdir(join(out, "screenshots"), { recursive: true });
await rm(join(out, "integration.json"), { force: true });

const work = await mkdtemp(join(tmpdir(), "whittle-test-"));
let report;
try {
  report = await test();
} finally {
  await endTrainers();
  await rm(work, { recursive: true, force: true, maxRetries: 5 });
}
await writeFile(join(out, "integration.json"), `${JSON.stringify(report, null, 2)}\n`);
for (const { name, error } of report.tests) {
  say(error === undefined ? `ok      ${name}` : `FAILED  ${name}\n${error}`);
}
say(`${report.passed} passed, ${report.failed} failed`);
process.exit(report.failed === 0 && report.passed > 0 ? 0 : 1);

async function test() {
  const workspace = await makeWorkspace();
  const [bridgePort, debugPort] = [await freePort(), await freePort()];
  const hostVerdict = join(work, "host.json");
  const editor = await chooseEditor();
  say(`VS Code ${VERSION}: ${editor.kind}`);
  const ended = new AbortController();
  const host = runTests({
    vscodeExecutablePath: editor.executable,
    extensionDevelopmentPath: root,
    extensionTestsPath: join(here, "hostSuite.cjs"),
    launchArgs: [workspace, `--remote-debugging-port=${debugPort}`, "--disable-extensions"],
    extensionTestsEnv: {
      ...editor.env,
      WHITTLE_BRIDGE_PORT: String(bridgePort),
      WHITTLE_DEBUG_PORT: String(debugPort),
      WHITTLE_HOST_VERDICT: hostVerdict,
    },
  }).finally(() => ended.abort(new Error("The editor ended before the scenario did.")));
  // Waited for at the end, where its failure counts; it must not be an unhandled one before.
  host.catch((error) => say(`The editor ended with an error: ${error.message}`));
  const limit = setTimeout(() => ended.abort(new Error("The time limit has passed.")), TIME_LIMIT_MS);
  const tests = await runScenario({
    workspace,
    debugPort,
    screenshots: join(out, "screenshots"),
    signal: ended.signal,
    bridge: (name, body) => callBridge(bridgePort, name, body),
  });
  clearTimeout(limit);
  await finishHost(tests, host, bridgePort, hostVerdict);
  const failed = tests.filter((one) => one.error !== undefined).length;
  return { editor: editor.kind, passed: tests.length - failed, failed, tests };
}

/** The last test: the extension host came to its end by itself, and said so. */
async function finishHost(tests, host, bridgePort, hostVerdict) {
  const name = "the extension host ends with a verdict";
  try {
    const deadline = new Promise((_, reject) => setTimeout(() => reject(new Error("It did not end in 30 s.")), 30_000));
    const code = await Promise.race([callBridge(bridgePort, "finish").then(() => host), deadline]);
    if (code !== 0) {
      throw new Error(`Exit code ${code}.`);
    }
    await readFile(hostVerdict);
    tests.push({ name });
  } catch (error) {
    tests.push({ name, error: error.stack });
  }
}

async function makeWorkspace() {
  const workspace = join(work, "workspace");
  await cp(join(root, "examples"), workspace, { recursive: true });
  const file = join(workspace, "lenet300.model.ts");
  const text = await readFile(file, "utf8");
  if (!EXPERIMENT.test(text)) {
    throw new Error(`${file} no longer has the experiment that this test shortens.`);
  }
  await writeFile(file, text.replace(EXPERIMENT, SHORT));
  return workspace;
}

async function chooseEditor() {
  const wish = process.env.WHITTLE_TEST_EDITOR;
  if (wish !== "server") {
    try {
      return await provideDesktop();
    } catch (error) {
      if (wish === "desktop") {
        throw error;
      }
      say(`The desktop edition cannot be used here (${error.message.split("\n")[0]}).`);
    }
  }
  const parts = await provideEditor(say);
  return {
    kind: "server edition in Chromium",
    executable: await makeLauncher(process.execPath, [join(here, "serverWrapper.mjs")]),
    env: { WHITTLE_EDITOR: JSON.stringify(parts) },
  };
}

async function provideDesktop() {
  // Asked first: the download itself waits and retries for long where nothing can be reached.
  await fetch("https://update.code.visualstudio.com/api/releases/stable", { signal: AbortSignal.timeout(5000) });
  const program = await downloadAndUnzipVSCode(VERSION);
  const needsDisplay = process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
  const executable = needsDisplay ? await makeLauncher("xvfb-run", ["-a", program]) : program;
  await promisify(execFile)(executable, ["--version", "--no-sandbox"], { timeout: 30_000 });
  return { kind: "desktop edition", executable, env: {} };
}

/** One program that starts `command` with these arguments before its own. */
async function makeLauncher(command, args) {
  const file = join(work, "launch-editor.sh");
  const quoted = [command, ...args].map((part) => `'${part.replaceAll("'", "'\\''")}'`).join(" ");
  await writeFile(file, `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
  return file;
}

async function callBridge(port, name, body = {}) {
  const response = await fetch(`http://127.0.0.1:${port}/${name}`, { method: "POST", body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${name} failed in the extension host: ${text}`);
  }
  return JSON.parse(text);
}

/** Training processes outlive the editor by design; those of this test must not outlive the test. */
async function endTrainers() {
  const runs = join(work, "workspace", ".whittle", "runs");
  for (const id of existsSync(runs) ? await readdir(runs) : []) {
    const events = join(runs, id, "events.jsonl");
    const lines = existsSync(events) ? (await readFile(events, "utf8")).trim().split("\n") : [];
    const seen = lines.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line));
    const states = seen.filter((event) => event.type === "state");
    const pid = states.findLast((event) => event.pid !== undefined)?.pid;
    if (pid !== undefined && ["running", "paused", "stopping"].includes(states.at(-1)?.state)) {
      say(`ending training process ${pid}`);
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        if (error.code !== "ESRCH") {
          throw error;
        }
      }
    }
  }
}
