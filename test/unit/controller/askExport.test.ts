import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askExport } from "../../../src/controller/askExport.ts";
import { WhittleError } from "../../../src/protocol/errors.ts";
import type { ExportJob, ExportVerified } from "../../../src/protocol/modelExport.ts";

const JOB: ExportJob = { task: "verify", run: "/runs/r1", keptModel: false, file: "/net.onnx", examples: 200 };
const REPORT: ExportVerified = {
  ...{ task: "verify", id: "r1", file: "/net.onnx", format: "onnx", reader: "some 1.0", examples: 200 },
  ...{ difference: 1e-7, limit: 1e-5, passed: true },
};

describe("asking a training process to export", () => {
  let dir: string;
  const notes: string[] = [];
  before(() => {
    dir = mkdtempSync(join(tmpdir(), "whittle-ask-"));
  });
  beforeEach(() => void notes.splice(0));
  after(() => rmSync(dir, { recursive: true }));

  /** @param body of a program in place of the trainer's */
  async function ask(body: string): Promise<unknown> {
    const trainerFile = join(dir, "trainer.cjs");
    writeFileSync(trainerFile, `const say = (message) => process.send(message);\n${body}`);
    return askExport(JOB, { trainerFile, onNote: (line) => notes.push(line) });
  }

  it("hands the job over, and notes and the report back", async () => {
    const report = await ask(
      `const [mode, text] = process.argv.slice(2);
      console.log("The model file prints something.");
      say({ note: mode + " " + text });
      say({ report: ${JSON.stringify(REPORT)} });
      process.disconnect();`,
    );
    assert.deepEqual(report, REPORT);
    assert.deepEqual(notes, [`--export ${JSON.stringify(JOB)}`]);
  });

  it("throws what the process says", async () => {
    const error = { message: "The layer odd has no place.", remedy: "Take it out.", kind: "usage", stack: "there" };
    await assert.rejects(
      ask(`say({ error: ${JSON.stringify(error)} }); process.disconnect();`),
      (thrown) =>
        thrown instanceof WhittleError &&
        thrown.message === error.message &&
        thrown.remedy === error.remedy &&
        thrown.kind === "usage",
    );
  });

  it("says how a process ended that gave no answer, and what it printed last", async () => {
    await assert.rejects(
      ask(`console.error("x".repeat(5000) + " out of memory"); process.exitCode = 134; process.disconnect();`),
      (thrown) =>
        thrown instanceof WhittleError &&
        /ended with code 134 and no answer\. x+ out of memory$/.test(thrown.message) &&
        thrown.message.length < 2200,
    );
  });
});
