/**
 * The tests in a real VS Code: every scenario of scenarios/, or those that are named: `node test/integration/run.mjs
 * prune reload`. What a scenario is stands in kit.mjs. Writes out/integration.json and out/screenshots/.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chooseEditor, VERSION } from "./chooseEditor.mjs";
import { createKit } from "./kit.mjs";
import { startEditor } from "./session.mjs";
import { endTrainers, makeWorkspace } from "./workspace.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));
const out = join(root, "out");
/** Of one scenario. */
const TIME_LIMIT_MS = 600_000;

const say = (line) => console.log(`[integration] ${line}`);

for (const file of ["extension.cjs", "trainer.cjs", "cli.cjs", "live.js", "compare.js"]) {
  if (!existsSync(join(root, "dist", file))) {
    throw new Error(`dist/${file} is missing. Build first: npm run build`);
  }
}
const names = await chooseScenarios(process.argv.slice(2));
await rm(join(out, "integration.json"), { force: true });

// Whoever ends us gets the same clean-up as a scenario that fails.
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => interrupted.abort(new Error(`Ended by ${signal}.`)));
}
const work = await mkdtemp(join(tmpdir(), "whittle-test-"));
const tests = [];
let editor;
try {
  editor = await chooseEditor(work, say);
  say(`VS Code ${VERSION}: ${editor.kind}`);
  for (const name of names) {
    tests.push(...(await runScenario(name)));
  }
} finally {
  await rm(work, { recursive: true, force: true, maxRetries: 5 });
}
const failed = tests.filter((one) => one.error !== undefined).length;
const report = { editor: editor.kind, passed: tests.length - failed, failed, tests };
await writeFile(join(out, "integration.json"), `${JSON.stringify(report, null, 2)}\n`);
say(`${report.passed} passed, ${report.failed} failed`);
process.exit(failed === 0 && tests.length > 0 ? 0 : 1);

async function chooseScenarios(wanted) {
  const files = await readdir(join(here, "scenarios"));
  const known = files.filter((file) => file.endsWith(".mjs")).map((file) => basename(file, ".mjs"));
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`There is no scenario ${unknown.join(", ")}; there are ${known.join(", ")}.`);
  }
  return wanted.length > 0 ? wanted : known.sort();
}

/** @returns {Promise<{ scenario: string, name: string, error?: string }[]>} its tests */
async function runScenario(name) {
  const began = performance.now();
  const scenario = await import(`./scenarios/${name}.mjs`);
  say(`— ${name}: ${scenario.name}`);
  if (scenario.isTrusted === false && editor.kind === "desktop edition") {
    say("skipped: the desktop edition trusts every workspace that is tested");
    return [];
  }
  const place = join(work, name);
  const workspace = join(place, "workspace");
  const screenshots = join(out, "screenshots", name);
  await mkdir(workspace, { recursive: true });
  await rm(screenshots, { recursive: true, force: true });
  await mkdir(screenshots, { recursive: true });
  const folders = await prepareFolders(place, scenario.settings);
  await makeWorkspace(root, workspace);
  await scenario.prepare?.(workspace);
  const extension = scenario.package ? await installPackage(place, folders) : root;
  const start = () =>
    startEditor(
      {
        editor,
        workspace,
        folders,
        extension,
        isTrusted: scenario.isTrusted ?? true,
        verdict: join(place, "host.json"),
        rejections: join(place, "rejections.txt"),
      },
      say,
    );
  const kit = createKit({ workspace, screenshots, start, say });
  try {
    await kit.step("the workbench opens", () => kit.startEditor());
    await withTimeLimit(kit, () => scenario.run(kit));
    await kit.finish();
    await kit.abandon();
  } finally {
    await endTrainers(workspace, say);
  }
  say(`  ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return kit.tests.map((test) => ({ scenario: name, ...test }));
}

/** A scenario that breaks outside its steps, or hangs, has failed. */
async function withTimeLimit(kit, run) {
  const limit = AbortSignal.any([interrupted.signal, AbortSignal.timeout(TIME_LIMIT_MS)]);
  const ended = new Promise((_, reject) => {
    limit.addEventListener("abort", () => reject(limit.reason), { once: true });
  });
  try {
    limit.throwIfAborted();
    await Promise.race([run(), ended]);
  } catch (error) {
    await kit.step("the scenario comes to its end", () => Promise.reject(error));
  }
}

/** Settings and extensions of its own for each scenario. @returns {Promise<string[]>} the arguments that name them */
async function prepareFolders(place, settings = {}) {
  const common = JSON.parse(await readFile(join(here, "settings.json"), "utf8"));
  const user = join(place, "user");
  await mkdir(join(user, "User"), { recursive: true });
  await writeFile(join(user, "User", "settings.json"), JSON.stringify({ ...common, ...settings }, null, 2));
  return [`--user-data-dir=${user}`, `--extensions-dir=${join(place, "extensions")}`];
}

/** @returns the folder of an extension that does nothing, to be the one under development */
async function installPackage(place, folders) {
  const vsix = join(root, "out", "whittle.vsix");
  await editor.install(vsix, folders);
  const stub = join(place, "stub");
  await mkdir(stub);
  const manifest = { name: "stub", publisher: "whittle-test", version: "0.0.1", engines: { vscode: "*" } };
  await writeFile(join(stub, "package.json"), JSON.stringify(manifest));
  return stub;
}
