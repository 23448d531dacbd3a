/** Runs scenarios in a real VS Code: chooses it, gives each scenario an editor and a workspace of its own, cleans up. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makePackage, PACKAGE } from "../../scripts/package.mjs";
import { chooseEditor } from "./chooseEditor.mjs";
import { VERSION } from "./desktopEdition.mjs";
import { createKit } from "./kit.mjs";
import { startEditor } from "./session.mjs";
import { endTrainers, makeWorkspace } from "./workspace.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));
const out = join(root, "out");
/** Of one scenario. */
const TIME_LIMIT_MS = 600_000;

/**
 * @param say gets each line of the report
 * @param act gets the editor's kind and version, and `runScenario(name, scenario)`; what a scenario is stands in kit.mjs
 * @returns what `act` returns
 */
export async function withEditor(say, act) {
  for (const file of [
    "extension.cjs",
    "parser.cjs",
    "trainer.cjs",
    "babel.cjs",
    "cli.cjs",
    "live.js",
    "compare.js",
    "data.js",
  ]) {
    if (!existsSync(join(root, "dist", file))) {
      throw new Error(`dist/${file} is missing. Build first: npm run build`);
    }
  }
  // Whoever ends us gets the same clean-up as a scenario that fails.
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.once(signal, () => interrupted.abort(new Error(`Ended by ${signal}.`)));
  }
  const work = await mkdtemp(join(tmpdir(), "whittle-test-"));
  try {
    const editor = await chooseEditor(work, say);
    say(`VS Code ${VERSION}: ${editor.kind}`);
    return await act({
      kind: editor.kind,
      version: VERSION,
      runScenario: (name, scenario) =>
        runScenario(name, scenario, { editor, work, interrupted: interrupted.signal, say }),
    });
  } finally {
    await rm(work, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** @returns {Promise<{ scenario: string, name: string, error?: string }[]>} its tests */
async function runScenario(name, scenario, { editor, work, interrupted, say }) {
  interrupted.throwIfAborted();
  const began = performance.now();
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
  const extension = scenario.isInstalled ? await installPackage(editor, place, folders) : root;
  const start = () =>
    startEditor(
      {
        editor,
        folder: scenario.hasFolder === false ? undefined : workspace,
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
    await withTimeLimit(kit, interrupted, () => scenario.run(kit));
    await kit.finish();
    await kit.abandon();
  } finally {
    await endTrainers(workspace, say);
  }
  say(`  ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return kit.tests.map((test) => ({ scenario: name, ...test }));
}

/** A scenario that breaks outside its steps, or hangs, has failed. */
async function withTimeLimit(kit, interrupted, run) {
  const limit = AbortSignal.any([interrupted, AbortSignal.timeout(TIME_LIMIT_MS)]);
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
async function installPackage(editor, place, folders) {
  await makePackage();
  await editor.install(PACKAGE, folders);
  const stub = join(place, "stub");
  await mkdir(stub);
  const manifest = { name: "stub", publisher: "whittle-test", version: "0.0.1", engines: { vscode: "*" } };
  await writeFile(join(stub, "package.json"), JSON.stringify(manifest));
  return stub;
}
