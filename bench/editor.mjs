/**
 * What the extension takes of a user's time, measured in the VS Code that the tests use; the targets stand beside it:
 *
 *   npm run bench -- editor [firstFigure|activation|loopDelay|storedRuns …] [--repetitions 5]
 *
 * How each line is measured: docs/editor.md.
 */
import { cpus, freemem, loadavg, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { trySetup } from "../scripts/native.mjs";
import { withEditor } from "../test/integration/withEditor.mjs";
import { activation } from "./editor/activation.mjs";
import { asTable } from "./editor/figures.mjs";
import { firstFigure } from "./editor/firstFigure.mjs";
import { loopDelay } from "./editor/loopDelay.mjs";
import { storedRuns } from "./editor/storedRuns.mjs";

const PARTS = {
  firstFigure: (report, repetitions) => [firstFigure(report, repetitions)],
  activation: (report, repetitions) => [activation(report, repetitions)],
  loopDelay: (report) => [
    loopDelay(report, { trainingProcess: "separate", target: 20 }),
    loopDelay(report, { trainingProcess: "extensionHost" }),
  ],
  storedRuns: (report, repetitions) => [storedRuns(report, repetitions)],
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { repetitions: { type: "string", default: "5" } },
});
const wanted = positionals.length > 0 ? positionals : Object.keys(PARTS);
const unknown = wanted.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  throw new Error(`There is no part ${unknown.join(", ")}; the parts are ${Object.keys(PARTS).join(", ")}.`);
}
await trySetup();

const lines = [];
const remarks = [];
const report = { add: (...added) => lines.push(...added), tell: (remark) => remarks.push(remark) };
const loadBefore = loadavg()[0];
const failed = await withEditor(
  (line) => console.error(line),
  async ({ kind, version, runScenario }) => {
    remarks.push(`VS Code ${version}, ${kind}; ${describeMachine()}.`);
    const tests = [];
    for (const name of wanted) {
      for (const [index, scenario] of PARTS[name](report, Number(values.repetitions)).entries()) {
        tests.push(...(await runScenario(`bench-${name}-${index}`, scenario)));
      }
    }
    return tests.filter((test) => test.error !== undefined).length;
  },
);
const rows = lines.map(({ what, target, measured, met }) => [what, target, measured, met]);
console.log(asTable(["what", "target", "measured", "met"], rows));
console.log(`\n${remarks.join("\n\n")}`);
process.exit(failed === 0 ? 0 : 1);

function describeMachine() {
  const gigabytes = (bytes) => (bytes / 2 ** 30).toFixed(1);
  const [{ model }] = cpus();
  return [
    new Date().toISOString().slice(0, 10),
    `${cpus().length} cores (${model})`,
    `${gigabytes(totalmem())} GiB, ${gigabytes(freemem())} free`,
    // How busy it was with other things, before the first measurement.
    `load average ${loadBefore.toFixed(1)}`,
  ].join(", ");
}
