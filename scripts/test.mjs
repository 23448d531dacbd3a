/**
 * `npm test`: makes ready what is missing, runs every check, and ends with one line `N passed, N failed`. Lint and types
 * count as one test each. `npm test -- unit e2e` runs some parts only.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { ensureReady, ROOT, runShown } from "./ensure.mjs";
import { trySetup } from "./native.mjs";

const bin = (...path) => join(ROOT, "node_modules", ...path);
const scratch = mkdtempSync(join(tmpdir(), "whittle-test-"));

/** Each file by itself. */
const SOME_AT_A_TIME = ["--parallel", `--jobs=${Math.min(4, availableParallelism())}`];

/** Name → runs the part and counts its tests. Programs are started by their script, which needs no shell on Windows. */
const PARTS = {
  lint: () => runCheck("lint", [bin("@biomejs", "biome", "bin", "biome"), "ci"]),
  types: () => runCheck("types", [bin("typescript", "bin", "tsc"), "-p", "."]),
  unit: () => runMocha("unit", SOME_AT_A_TIME),
  manifest: () => runMocha("manifest"),
  e2e: () => runMocha("e2e", SOME_AT_A_TIME),
  // The panels in a headless browser, without VS Code.
  webview: () => runMocha("webview"),
  // Drives a real VS Code, and writes its own counts.
  integration: () =>
    runCounted(["--import=tsx", join("test", "integration", "run.mjs")], join(ROOT, "out", "integration.json")),
};

async function main(wanted) {
  const unknown = wanted.filter((name) => !(name in PARTS));
  if (unknown.length > 0) {
    throw new Error(`There is no part ${unknown.join(", ")}; the parts are ${Object.keys(PARTS).join(", ")}.`);
  }
  const parts = wanted.length > 0 ? wanted : Object.keys(PARTS);
  await ensureReady();
  const preparations = prepare(parts);
  await trySetup();
  const tallies = [];
  for (const name of parts) {
    console.log(`\n— ${name} —`);
    await Promise.all(preparations.filter((one) => one.parts.includes(name)).map(({ done }) => done));
    const began = performance.now();
    const tally = await PARTS[name]();
    console.log(
      `${name}: ${tally.failed === 0 ? "all of" : `${tally.failed} broken of`} ${tally.passed + tally.failed}, ` +
        `${Math.round((performance.now() - began) / 1000)} s`,
    );
    tallies.push(tally);
  }
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
  const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
  // Once more at the end: a log is often kept by its last lines alone.
  for (const { name, error } of tallies.flatMap((tally) => tally.failures)) {
    console.log(`\nFAILED ${name}\n  ${error.slice(0, 1000).replaceAll("\n", "\n  ")}`);
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

/** What parts need besides, each a minute of download and unpacking, which goes beside lint, types and unit tests. */
const PREPARATIONS = [
  // Where exported models are opened; says so where there is no Python.
  { parts: ["unit", "e2e"], script: join("test", "readers", "python.mjs") },
  // VS Code's server edition and Chromium; a part that finds none says why.
  { parts: ["webview", "integration"], script: join("test", "integration", "editorCache.mjs") },
];

/** Starts what the parts need. */
function prepare(wanted) {
  return PREPARATIONS.filter(({ parts }) => parts.some((name) => wanted.includes(name))).map(({ parts, script }) => ({
    parts,
    done: runShown(process.execPath, [join(ROOT, script)]),
  }));
}

async function runCheck(name, args) {
  return (await runShown(process.execPath, args)) === 0
    ? { passed: 1, failed: 0, failures: [] }
    : { passed: 0, failed: 1, failures: [{ name, error: "what it found stands above" }] };
}

function runMocha(part, options = []) {
  const output = join(scratch, `${part}.json`);
  const args = [
    bin("mocha", "bin", "mocha.js"),
    "--import=tsx",
    "--forbid-only",
    "--forbid-pending",
    ...options,
    `--reporter=${join(ROOT, "scripts", "tallyReporter.cjs")}`,
    `--reporter-option=output=${output}`,
    `test/${part}/**/*.test.ts`,
  ];
  return runCounted(args, output);
}

/** @param tally the file it writes its counts to. One that wrote none, or none that fit its exit code, has failed itself. */
async function runCounted(args, tally) {
  rmSync(tally, { force: true });
  const code = await runShown(process.execPath, args);
  const { passed, failed, failures } = existsSync(tally)
    ? JSON.parse(readFileSync(tally, "utf8"))
    : { passed: 0, failed: 0, failures: [] };
  if (failed > 0 || (code === 0 && passed > 0)) {
    return { passed, failed, failures };
  }
  return { passed, failed: 1, failures: [{ name: args.at(-1), error: `ended with exit code ${code} before its end` }] };
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  console.log("0 passed, 1 failed");
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
