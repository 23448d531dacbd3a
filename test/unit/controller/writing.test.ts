import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openWriting, type Writing } from "../../../src/controller/writing.ts";
import { WhittleError } from "../../../src/protocol/errors.ts";

const JOB = { run: "/runs/r1", keptModel: false };
/** Answers each question with its texts in capitals, as long as it is given any. */
const ANSWERS = `process.on("message", ({ id, texts }) =>
  say({ id, written: texts.map((source) => ({ source, unknown: [], pruned: source.toUpperCase() })) }));`;

describe("asking the models of a run to write", () => {
  let dir: string;
  let open: Writing | undefined;
  const notes: string[] = [];
  before(() => {
    dir = mkdtempSync(join(tmpdir(), "whittle-write-"));
  });
  afterEach(() => {
    open?.close();
    notes.length = 0;
  });
  after(() => rmSync(dir, { recursive: true }));

  /** @param body of a program in place of the trainer's */
  function start(body: string, env: Record<string, string> = {}): Writing {
    const trainerFile = join(dir, "trainer.cjs");
    writeFileSync(trainerFile, `const say = (message) => process.send(message);\n${body}`);
    open = openWriting(JOB, { trainerFile, env, onNote: (line) => notes.push(line) });
    return open;
  }
  const isError =
    (message: RegExp, remedy = /./) =>
    (thrown: unknown) =>
      thrown instanceof WhittleError && message.test(thrown.message) && remedy.test(thrown.remedy);

  it("hands the job over, and the answer to each question back, from one process", async () => {
    const writing = start(
      `say({ note: process.argv.slice(2).join(" ") + " " + process.env.WHERE }); say({ ready: true }); ${ANSWERS}`,
      { WHERE: "here" },
    );
    await writing.opened;
    const [one, two] = await Promise.all([writing.ask(["a", "b"]), writing.ask(["c"])]);
    assert.deepEqual(
      [...one, ...two].map(({ source, pruned }) => [source, pruned]),
      [
        ["a", "A"],
        ["b", "B"],
        ["c", "C"],
      ],
    );
    assert.equal((await writing.ask(["d"]))[0]?.pruned, "D");
    assert.deepEqual(notes, [`--write ${JSON.stringify(JOB)} here`]);
    assert.equal(writing.isOpen, true);
  });

  it("throws what the process says of one question, and goes on", async () => {
    const error = JSON.stringify({ message: "A text holds nothing.", remedy: "Give a word.", kind: "usage" });
    const writing = start(
      `say({ ready: true }); process.once("message", ({ id }) => { say({ id, error: ${error} }); ${ANSWERS} });`,
    );
    await assert.rejects(writing.ask([""]), isError(/^A text holds nothing\.$/, /^Give a word\.$/));
    assert.equal((await writing.ask(["a"]))[0]?.pruned, "A");
  });

  it("throws at all who ask why there are no models", async () => {
    const error = JSON.stringify({ message: "The run has no vocabulary.", remedy: "Take another.", kind: "usage" });
    const writing = start(`say({ error: ${error} }); ${ANSWERS}`);
    const isThat = isError(/^The run has no vocabulary\.$/, /^Take another\.$/);
    const early = writing.ask(["a"]);
    await assert.rejects(writing.opened, isThat);
    await assert.rejects(early, isThat);
    assert.equal(writing.isOpen, false);
    await assert.rejects(writing.ask(["b"]), isThat);
  });

  it("says how a process ended that owes an answer, and what it printed last", async () => {
    const writing = start(
      `say({ ready: true });
      process.once("message", () => { console.error("x".repeat(5000) + " out of memory"); process.exitCode = 134; process.disconnect(); });`,
    );
    await assert.rejects(writing.ask(["a"]), isError(/ended with code 134 and no answer\. x+ out of memory$/));
    assert.equal(writing.isOpen, false);
  });

  it("takes nothing else for an answer, and ends a process that says it", async () => {
    for (const message of [`{ id: 0, written: "markup" }`, `"anything"`, `{ id: "0", written: [] }`]) {
      const writing = start(`process.on("message", () => say(${message}));`);
      await assert.rejects(writing.ask(["a"]), isError(/says what is no answer/));
      assert.equal(writing.isOpen, false);
    }
  });

  it("ends the process when it is closed, in the middle of an answer too", async () => {
    const writing = start(`say({ note: String(process.pid) }); say({ ready: true });
      process.on("message", () => { say({ note: "busy" }); for (;;); });`);
    await writing.opened;
    const waits = writing.ask(["a"]);
    const pid = Number(notes[0]);
    assert.equal(process.kill(pid, 0), true);
    writing.close();
    await assert.rejects(waits, isError(/taken back/));
    await untilGone(pid);
  });
});

async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
