/**
 * The tests in a real VS Code: every scenario of scenarios/, or those that are named: `npx tsx test/integration/run.mjs
 * prune reload`. What a scenario is stands in kit.mjs. Writes out/integration.json and out/screenshots/.
 */
import { readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withEditor } from "./withEditor.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const report = fileURLToPath(new URL("../../out/integration.json", import.meta.url));

const say = (line) => console.log(`[integration] ${line}`);

const names = await chooseScenarios(process.argv.slice(2));
await rm(report, { force: true });
const { kind, tests } = await withEditor(say, async ({ kind, runScenario }) => {
  const all = [];
  for (const name of names) {
    const scenario = await import(`./scenarios/${name}.mjs`);
    all.push(...(await runScenario(name, scenario)));
  }
  return { kind, tests: all };
});
const failures = tests.filter((one) => one.error !== undefined);
const failed = failures.length;
const tally = { editor: kind, passed: tests.length - failed, failed, failures, tests };
await writeFile(report, `${JSON.stringify(tally, null, 2)}\n`);
say(`${tally.passed} passed, ${tally.failed} failed`);
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
