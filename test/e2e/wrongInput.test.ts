/** Row i of the first issue: one clear error, the right exit code, no stack trace, nothing half-written. */
import assert from "node:assert/strict";
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeLabels, writeIdxFolder } from "./idxFolder.ts";
import { FIXTURES, startWhittle, TINY, useScratch, waitFor, whittle, whittleJson } from "./whittle.ts";

const FAULTY = join(FIXTURES, "faulty.model.ts");
const WASM = ["--engine", "wasm"];

interface Case {
  readonly title: string;
  readonly args: readonly string[];
  readonly code: 1 | 2;
  /** What the message must name. */
  readonly names: readonly RegExp[];
}

/** Refused before a run exists. */
const REFUSED: readonly Case[] = [
  { title: "a missing model file", args: ["run", "no.model.ts"], code: 2, names: [/no\.model\.ts/] },
  {
    title: "an export that is not there",
    args: ["run", `${TINY}#huge`],
    code: 2,
    names: [/tiny\.model\.ts/, /"huge"/],
  },
  {
    title: "several models and no name",
    args: ["run", FAULTY],
    code: 2,
    names: [/faulty\.model\.ts/, /oneOutput, otherInput/],
  },
  {
    title: "a negative λ",
    args: ["run", TINY, "--set", "pruning.lambda=-1"],
    code: 2,
    names: [/pruning\.lambda/, /-1/],
  },
  {
    title: "an unknown setting",
    args: ["run", TINY, "--set", "pruning.lamda=1"],
    code: 2,
    names: [/pruning\.lamda/, /pruning\.lambda/],
  },
  { title: "a setting without a value", args: ["run", TINY, "--set", "epochs"], code: 2, names: [/epochs/] },
  { title: "an unknown option", args: ["run", TINY, "--sed", "1"], code: 2, names: [/--sed/, /--seed/] },
  { title: "an unknown engine", args: ["run", TINY, "--engine", "gpu"], code: 2, names: [/--engine/, /wasm/] },
  { title: "an unknown method", args: ["run", TINY, "--method", "l3"], code: 2, names: [/--method/, /l2/] },
  { title: "a seed that is no number", args: ["run", TINY, "--seed", "x"], code: 2, names: [/--seed/] },
  { title: "an unknown data set", args: ["run", TINY, "--data", "digit"], code: 2, names: [/digit/, /digits/] },
  { title: "an unknown command", args: ["rum"], code: 2, names: [/rum/, /run/] },
  { title: "a run that is not there", args: ["show", "20200101"], code: 2, names: [/20200101/, /whittle list/] },
];

/** Found by the training process: the run is recorded as failed. */
const FAILED: readonly Case[] = [
  { title: "a missing data folder", args: ["run", TINY, "--data", "idx:nowhere"], code: 1, names: [/nowhere/] },
  {
    title: "a truncated IDX file",
    args: ["run", TINY, "--data", "idx:truncated"],
    code: 1,
    names: [/train-images/, /truncated|short|bytes/],
  },
  {
    title: "a wrong magic number",
    args: ["run", TINY, "--data", "idx:magic"],
    code: 1,
    names: [/train-images/, /magic/i],
  },
  { title: "a label out of range", args: ["run", TINY, "--data", "idx:label"], code: 1, names: [/label/i, /7/] },
  {
    title: "a model that throws",
    args: ["run", `${FAULTY}#throwing`, "--data", "idx:data"],
    code: 1,
    names: [/weights file is not here/, /faulty\.model\.ts/],
  },
  {
    title: "a model with a wrong output",
    args: ["run", `${FAULTY}#oneOutput`, "--data", "idx:data"],
    code: 1,
    names: [/gives out 1/i],
  },
  {
    title: "a model with a wrong input",
    args: ["run", `${FAULTY}#otherInput`, "--data", "idx:data"],
    code: 1,
    names: [/input/i, /8/],
  },
  {
    title: "a loss that becomes NaN",
    args: ["run", TINY, "--data", "idx:data", "--set", "optimizer.learningRate=1e38", "--set", "optimizer.name=sgd"],
    code: 1,
    names: [/NaN|finite|infinite/i, /learningRate/],
  },
];

describe("wrong input", () => {
  const scratch = useScratch();
  before(() => {
    const folder = (name: string): string => writeIdxFolder(join(scratch.dir, name));
    folder("data");
    truncateSync(join(folder("truncated"), "train-images-idx3-ubyte"), 1000);
    writeFileSync(join(folder("magic"), "train-images-idx3-ubyte"), Buffer.alloc(2000, 9));
    // Two outputs, and one label that says 7.
    const labels = encodeLabels(200, (index) => (index === 50 ? 7 : index % 2));
    writeFileSync(join(folder("label"), "train-labels-idx1-ubyte"), labels);
  });

  const checkMessage = (stderr: string, names: readonly RegExp[]): void => {
    assert.match(stderr, /^Error: .+\n {2}.+/, "a message and a remedy");
    assert.equal(stderr.match(/Error: /g)?.length, 1, "one error");
    assert.doesNotMatch(stderr, /^\s+at /m, "no stack trace");
    assert.doesNotMatch(stderr, /defect of Whittle/);
    for (const name of names) assert.match(stderr, name);
  };

  for (const { title, args, code, names } of REFUSED) {
    it(`refuses ${title}`, async () => {
      const before = scratch.runIds();
      const outcome = await whittle(args, scratch.dir);
      assert.equal(outcome.code, code, outcome.stderr);
      checkMessage(outcome.stderr, names);
      assert.equal(outcome.stdout, "");
      assert.deepEqual(scratch.runIds(), before, "no run was made");
    });
  }

  for (const { title, args, code, names } of FAILED) {
    it(`fails on ${title}`, async () => {
      const before = new Set(scratch.runIds());
      const outcome = await whittle([...args, ...WASM, "--json"], scratch.dir);
      assert.equal(outcome.code, code, outcome.stderr);
      checkMessage(outcome.stderr, names);
      const document = JSON.parse(outcome.stdout) as Record<string, unknown>;
      const id = scratch.runIds().find((each) => !before.has(each));
      assert.equal(document["id"], id);
      assert.equal(document["status"], "failed");
      assert.deepEqual(Object.keys(document["error"] as object).sort(), ["message", "remedy"]);
      assert.equal((await whittleJson(["show", String(id)], scratch.dir))["state"], "failed");
    });
  }

  it("shows the usage where no command is given", async () => {
    const { code, stdout, stderr } = await whittle([], scratch.dir);
    assert.equal(code, 2);
    assert.match(stderr, /Usage: whittle[\s\S]*Error: No command is given\./);
    assert.equal(stdout, "");
  });

  it("shows the stack with --verbose", async () => {
    const { stderr } = await whittle(["run", "no.model.ts", "--verbose"], scratch.dir);
    assert.match(stderr, /^\s+at /m);
  });

  it("names the runs folder that cannot be written", async () => {
    writeFileSync(join(scratch.dir, "file"), "");
    const outcome = await whittle(["run", TINY, "--runs-dir", "file", ...WASM], scratch.dir);
    assert.equal(outcome.code, 1);
    checkMessage(outcome.stderr, [/file/, /--runs-dir/]);
  });

  it("resumes a run whose last line is torn", async () => {
    const running = startWhittle(
      ["run", TINY, "--data", "idx:data", ...WASM, "--set", "epochs=100000", "--runs-dir", "torn"],
      scratch.dir,
    );
    const list = async (): Promise<{ id: string; dir: string }[]> =>
      (await whittleJson(["list", "--runs-dir", "torn"], scratch.dir)) as unknown as { id: string; dir: string }[];
    const log = async (): Promise<string> => join((await list())[0]?.dir ?? "", "events.jsonl");
    let file = "";
    const readLog = (): string => {
      try {
        return readFileSync(file, "utf8");
      } catch {
        return "";
      }
    };
    for (let tries = 0; tries < 100 && (await list()).length === 0; tries += 1) {
      await new Promise((done) => setTimeout(done, 50));
    }
    file = await log();
    await waitFor("an epoch has ended", () => readLog().includes('"type":"epoch"'));
    running.child.kill("SIGINT");
    assert.equal((await running.ended).code, 130);
    appendFileSync(file, '{"seq":999,"ty');
    const id = (await list())[0]?.id ?? "";
    const resumed = startWhittle(["resume", id, "--runs-dir", "torn"], scratch.dir);
    await waitFor("it has resumed", () => /"type":"resumed"[\s\S]*"type":"step"/.test(readLog()));
    resumed.child.kill("SIGINT");
    assert.equal((await resumed.ended).code, 130);
    assert.ok(!readLog().includes('{"seq":999,"ty'), "the torn line was cut off");
    assert.equal((await whittle(["log", id, "--runs-dir", "torn"], scratch.dir)).code, 0);
  });
});
