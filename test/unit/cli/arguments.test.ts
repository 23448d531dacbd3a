import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { asProblem, exitCodeOf } from "../../../src/cli/output.ts";
import { collectOverrides } from "../../../src/cli/overrides.ts";
import { createProgram } from "../../../src/cli/program.ts";
import { chooseExport, findTarget } from "../../../src/cli/target.ts";
import { usageError, WhittleError } from "../../../src/protocol/errors.ts";

const IMPORTS = 'import * as tf from "@tensorflow/tfjs";\nimport { defineExperiment } from "whittle";\n';
const body = "{ return tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [4] })] }); }";
const ONE = `${IMPORTS}export function one() ${body}\n`;
const TWO = `${ONE}export function two() ${body}\n`;

const isUsage =
  (...parts: RegExp[]) =>
  (error: unknown) => {
    assert.ok(error instanceof WhittleError);
    assert.equal(error.kind, "usage");
    for (const part of parts) assert.match(`${error.message}\n${error.remedy}`, part);
    return true;
  };

describe("which definition is meant", () => {
  it("is the named one, else the default, else the only experiment, else the only one", () => {
    assert.equal(chooseExport(TWO, "a.ts", "two"), "two");
    assert.equal(chooseExport(`${TWO}export default defineExperiment({ model: one });\n`, "a.ts"), "default");
    assert.equal(chooseExport(`${TWO}export const trial = defineExperiment({ model: one });\n`, "a.ts"), "trial");
    assert.equal(chooseExport(ONE, "a.ts"), "one");
  });

  it("is asked for where it is not clear", () => {
    assert.throws(() => chooseExport(TWO, "a.ts"), isUsage(/a\.ts/, /one, two/, /a\.ts#one/));
    assert.throws(() => chooseExport("export const x = 1;", "a.ts"), isUsage(/a\.ts/));
    assert.throws(() => chooseExport(ONE, "a.ts", "three"), isUsage(/a\.ts/, /"three"/, /one/));
  });

  it("leaves a name that only occurs in the file to the training process", () => {
    assert.equal(chooseExport(`${ONE}export { other } from "./b.ts";\n`, "a.ts", "other"), "other");
  });

  it("takes a file whose own name holds a #", () => {
    const dir = mkdtempSync(join(tmpdir(), "whittle-cli-"));
    try {
      const file = join(dir, "a#b.model.ts");
      writeFileSync(file, ONE);
      assert.deepEqual(findTarget(file), { modelFile: file, exportName: "one", name: "one" });
      assert.deepEqual(findTarget(`${file}#one`), { modelFile: file, exportName: "one", name: "one" });
      assert.throws(() => findTarget(dir), isUsage(/not a file/));
      const importing = join(dir, "importing.ts");
      writeFileSync(importing, 'import { one } from "./a#b.model.ts";\nexport const model = one();\n');
      assert.deepEqual(findTarget(importing), { modelFile: importing, exportName: "model", name: "model" });
      writeFileSync(file, `${ONE}export default defineExperiment({ model: one });\n`);
      assert.equal(findTarget(file).name, "a#b");
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe("options as settings", () => {
  it("become nested overrides, and an option wins over --set", async () => {
    assert.deepEqual(
      await collectOverrides({
        set: ["pruning.lambda=2e-4", "seed=1"],
        seed: 7,
        engine: "wasm",
        method: "l2",
        data: "digits",
      }),
      { seed: 7, engine: "wasm", data: "digits", pruning: { lambda: 2e-4, method: "l2" } },
    );
    assert.deepEqual(await collectOverrides({ set: [] }), {});
  });

  it("make a data folder whole, so that a resume from elsewhere finds it", async () => {
    const named = await collectOverrides({ set: [], data: "idx:some/where" });
    assert.deepEqual(named, { data: `idx:${resolve("some/where")}` });
    assert.deepEqual(await collectOverrides({ set: ["data=idx:x"] }), { data: `idx:${resolve("x")}` });
  });

  it("are checked before a run exists", async () => {
    await assert.rejects(collectOverrides({ set: ["pruning.lambda=-1"] }), isUsage(/pruning\.lambda/));
    await assert.rejects(collectOverrides({ set: ["pruning.lamda=1"] }), isUsage(/pruning\.lambda/));
    await assert.rejects(collectOverrides({ set: [], data: "digit" }), isUsage(/digits/));
    await assert.rejects(collectOverrides({ set: [], settings: "no.whittle.json" }), isUsage(/no\.whittle\.json/));
  });

  it("win over a settings file, whose data lies where it says", async () => {
    const dir = mkdtempSync(join(tmpdir(), "whittle-"));
    try {
      const settings = join(dir, "a.whittle.json");
      writeFileSync(settings, JSON.stringify({ data: "idx:mnist", seed: 1, pruning: { lambda: 1e-3, interval: 4 } }));
      assert.deepEqual(await collectOverrides({ settings, set: ["pruning.lambda=2e-4"], seed: 7 }), {
        data: `idx:${join(dir, "mnist")}`,
        seed: 7,
        pruning: { lambda: 2e-4, interval: 4 },
      });
      writeFileSync(settings, JSON.stringify({ data: "digit" }));
      await assert.rejects(collectOverrides({ settings, set: [] }), isUsage(/digits/));
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe("the commands", () => {
  it("all take --json and --verbose, and have a description", () => {
    const { commands } = createProgram();
    assert.deepEqual(commands.map((command) => command.name()).sort(), [
      "compare",
      "data",
      "delete",
      "doctor",
      "export",
      "list",
      "log",
      "pause",
      "pin",
      "rename",
      "resume",
      "run",
      "setup",
      "show",
      "stop",
      "tag",
      "unpause",
      "verify",
      "write",
    ]);
    for (const command of commands) {
      const flags = command.options.map((option) => option.long);
      assert.ok(flags.includes("--json") && flags.includes("--verbose"), command.name());
      assert.notEqual(command.description(), "");
    }
  });
});

describe("problems", () => {
  it("keep message, remedy and kind, and decide the exit code", () => {
    const usage = asProblem(usageError("No such thing.", "Try another."));
    assert.deepEqual([usage.message, usage.remedy, exitCodeOf(usage)], ["No such thing.", "Try another.", 2]);
    assert.equal(exitCodeOf(asProblem(new WhittleError("It broke.", { remedy: "Mend it." }))), 1);
  });

  it("call anything else a defect, and keep the causes for --verbose", () => {
    const problem = asProblem(new Error("outer", { cause: new TypeError("inner") }));
    assert.equal(exitCodeOf(problem), 1);
    assert.match(problem.message, /outer/);
    assert.match(problem.remedy, /--verbose/);
    assert.match(problem.stack ?? "", /outer[\s\S]*caused by TypeError: inner/);
    assert.match(asProblem("text").message, /text/);
  });
});
