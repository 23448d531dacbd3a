import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCliProgram } from "../../../../src/editor/setUp/cliProgram.ts";
import { WhittleError } from "../../../../src/protocol/errors.ts";

/** Stands for the command line. */
const PROGRAM = `
const [command] = process.argv.slice(2);
if (command === "well") { console.error("one"); console.error("two"); console.log(process.env.GIVEN); }
if (command === "badly") { console.log(JSON.stringify({ error: { message: "No.", remedy: "Do." } })); process.exitCode = 1; }
if (command === "crash") { console.error("boom"); process.exitCode = 3; }
if (command === "long") { process.on("SIGINT", () => process.exit(130)); setInterval(() => {}, 1000); console.error("there"); }
`;

describe("cliProgram", () => {
  const folder = mkdtempSync(join(tmpdir(), "whittle-cli-"));
  const file = join(folder, "cli.cjs");
  const cli = createCliProgram(file, { GIVEN: "seen" });
  before(() => writeFileSync(file, PROGRAM));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("gives what was printed, and notes as they come", async () => {
    const notes: string[] = [];
    assert.equal(await cli.run(["well"], { onNote: (line) => notes.push(line) }), "seen\n");
    assert.deepEqual(notes, ["one", "two"]);
  });

  it("fails as the command says, or with what it printed last", async () => {
    await assert.rejects(
      cli.run(["badly", "--json"]),
      (error) => error instanceof WhittleError && error.message === "No." && error.remedy === "Do.",
    );
    await assert.rejects(cli.run(["crash"]), /whittle crash ended with code 3: boom/);
  });

  it("is cancelled", async () => {
    const cancel = new AbortController();
    const reason = new Error("enough");
    const running = cli.run(["long"], { signal: cancel.signal, onNote: () => cancel.abort(reason) });
    await assert.rejects(running, (error) => error === reason);
    await assert.rejects(cli.run(["well"], { signal: cancel.signal }), (error) => error === reason);
  });
});
