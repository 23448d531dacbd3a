/** What a run's models write for a user's texts. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { resultSchema } from "../../src/protocol/run.ts";
import { writtenTextSchema } from "../../src/protocol/writing.ts";
import type { Run } from "../../src/runs/files/layout.ts";
import { openRun } from "../../src/runs/record/store.ts";
import { keepSilentDense, keepVocabulary, tokenizer, WORDS } from "../fixtures/writingRun.ts";
import { writeData } from "./idxFolder.ts";
import { CLI, FIXTURES, isThere, ONE_DENSE_EPOCH, TINY, useScratch, waitFor, whittle, whittleJson } from "./whittle.ts";

const documentSchema = z.strictObject({ id: z.string(), texts: z.array(writtenTextSchema) });

describe("whittle write", () => {
  const scratch = useScratch();
  let id: string;
  let run: Run;
  before(async () => {
    const model = join(scratch.dir, "words.model.ts");
    const text = readFileSync(join(FIXTURES, "wordByWord.model.ts"), "utf8");
    const tellPid = `if (process.env["PID_FILE"]) require("node:fs").writeFileSync(process.env["PID_FILE"], String(process.pid));`;
    writeFileSync(model, `${text}\n${tellPid}\n`);
    const args = ["run", model, "--engine", "wasm", "--set", "text.length=3"];
    ({ id } = resultSchema.parse(await whittleJson(args, scratch.dir)));
    run = await openRun(scratch.runDir(id));
    keepVocabulary(run);
  });

  const write = async (texts: readonly string[], ...options: readonly string[]) =>
    documentSchema.parse(await whittleJson(["write", id, ...texts, ...options], scratch.dir)).texts;
  const refuse = async (args: readonly string[], message: RegExp, code = 2) => {
    const outcome = await whittle(["write", ...args], scratch.dir);
    assert.equal(outcome.code, code, outcome.stderr);
    assert.match(outcome.stderr, message);
    assert.equal(outcome.stdout, "");
  };

  it("writes for the texts of the test split what the run itself wrote for them, with both models", async () => {
    const words = [...tokenizer.encode(WORDS)].map((token) => tokenizer.tokenOf(token));
    const [source, target] = [words.slice(0, 6), words.slice(6)];
    const lines = Array.from({ length: 300 }, (_, at) => {
      const places = Array.from({ length: 1 + (at % 4) }, (_, place) => (Math.floor(at / 4) * (place + 1) + place) % 6);
      const text = (of: readonly string[]): string => places.map((each) => of[each]).join(" ");
      return JSON.stringify({ de: text(source), en: text(target) });
    });
    writeFileSync(join(scratch.dir, "pairs.jsonl"), lines.join("\n"));
    // The dense model is not good yet, so the two differ.
    const args = [
      "run",
      "words.model.ts",
      "--data",
      "parallel:pairs.jsonl#de-en",
      "--engine",
      "wasm",
      "--set",
      "epochs=1",
      "--set",
      "optimizer.learningRate=0.005",
    ];
    const result = resultSchema.parse(await whittleJson(args, scratch.dir));
    const ofTest = (name: string): string[] =>
      readFileSync(join(scratch.runDir(result.id), "texts", `test.${name}.txt`), "utf8")
        .trimEnd()
        .split("\n");
    const [sources, dense, pruned] = ["source", "dense", "pruned"].map(ofTest);
    assert.ok(sources !== undefined && sources.length > 20);
    const document = await whittleJson(["write", result.id, ...sources], scratch.dir);
    const { texts } = documentSchema.parse(document);
    assert.deepEqual([texts.map((text) => text.dense), texts.map((text) => text.pruned)], [dense, pruned]);
    assert.notDeepEqual(dense, pruned);
  });

  const feed = async (text: string) => {
    const child = spawn(process.execPath, [CLI, "write", id], { cwd: scratch.dir });
    // It may end before all of it is read.
    child.stdin.on("error", () => undefined).end(text);
    const [stdout, stderr] = await Promise.all([child.stdout, child.stderr].map((stream) => stream.toArray()));
    return { stdout: Buffer.concat(stdout ?? []).toString(), stderr: Buffer.concat(stderr ?? []).toString() };
  };

  it("shows what the pruned model writes, and says where there is no dense reference", async () => {
    const shown = await whittle(["write", id, "EIN HUND RENNT", "FRAU zzz STEHT"], scratch.dir);
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stderr, /has no dense reference \(dense\.safetensors\)/);
    assert.match(
      shown.stdout,
      /^EIN HUND RENNT\n {2}pruned {2}a hound runs\nFRAU zzz STEHT\n {2}\(not in the vocabulary: zzz\)\n {2}pruned {2}girl \S+ stands\n$/,
    );
    assert.deepEqual(await write(["MANN"], "--beams", "3"), [{ source: "MANN", unknown: [], pruned: "man" }]);
  });

  it("shows both where the run has kept its dense reference", async () => {
    keepSilentDense(run);
    assert.deepEqual(await write(["EIN MANN", "FRAU"]), [
      { source: "EIN MANN", unknown: [], dense: "", pruned: "a man" },
      { source: "FRAU", unknown: [], dense: "", pruned: "girl" },
    ]);
    const shown = await whittle(["write", id, "EIN\u001b[31m MANN"], scratch.dir);
    assert.match(shown.stdout, /^EIN \[31m MANN\n.*\n {2}dense {3}\(nothing\)\n {2}pruned {2}\S* ?man\n$/);
    assert.equal(shown.stderr, "");
  });

  it("reads no more of a text than the run's data do, however long it is", async () => {
    const long = Array.from({ length: 20_000 }, () => "EIN").join(" ");
    const [short, cut] = await write(["EIN FRAU MANN", "EIN FRAU MANN STEHT STEHT", long]);
    assert.deepEqual([short?.pruned, cut?.pruned, short?.read, cut?.read], ["a girl man", "a girl man", undefined, 3]);
    const most = Array.from({ length: 100_000 }, (_, at) => `word${at}`).join(" ");
    const { stdout } = await feed(most);
    assert.match(
      stdout,
      /…\n {2}\(only its first 3 tokens are read: text\.length\)\n {2}\(not in the vocabulary: word0, .*word9\)\n/,
    );
  });

  it("answers each line of standard input as it comes, all in one process, which ends with whoever asked", async () => {
    const file = join(scratch.dir, "pid");
    const child = spawn(process.execPath, [CLI, "write", id], {
      cwd: scratch.dir,
      stdio: ["pipe", "pipe", "ignore"],
      env: { ...process.env, PID_FILE: file },
    });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stdin.write("EIN HUND\n\n");
    await waitFor("there is an answer", () => stdout.includes("pruned  a hound"));
    const pid = readFileSync(file, "utf8");
    rmSync(file);
    child.stdin.write("FRAU\r\nMANN\n");
    await waitFor("there are two more", () => stdout.includes("pruned  girl") && stdout.includes("pruned  man"));
    assert.ok(isThere(Number(pid)));
    child.kill("SIGKILL");
    await waitFor("the training process has ended", () => !isThere(Number(pid)));
    assert.throws(() => readFileSync(file), /ENOENT/, "the model file was loaded once");
  });

  it("ends with one error where there is nothing to write, or not with this run", async () => {
    await refuse([id, "EIN", " "], /A text is empty/);
    await refuse([id], /No text is given/);
    for (const long of ["x".repeat(1_000_001), `EIN\n${"x ".repeat(600_000)}\nEIN`]) {
      assert.match((await feed(long)).stderr, /A text has [\d,]+ characters or more, and 1,000,000 are the most/);
    }
    await refuse([id, "EIN", "--beams", "0"], /--beams is 0/);
    await refuse([id, "EIN", "--temperature", "1"], /--temperature is for a model that goes on with texts/);
    await refuse(["nobody", "EIN"], /No run in .* is called "nobody"/);
    const dense = join(scratch.runDir(id), "dense.safetensors");
    keepSilentDense(run, "next/bias");
    await refuse([id, "EIN"], /dense\.safetensors has other weights than the model/, 1);
    writeFileSync(dense, "torn");
    await refuse([id, "EIN"], /dense\.safetensors, the dense reference of run .*, cannot be read/, 1);
    rmSync(dense);

    writeData(scratch.dir);
    const args = ["run", TINY, "--data", "idx:data", "--engine", "wasm", ...ONE_DENSE_EPOCH];
    const { id: other } = resultSchema.parse(await whittleJson(args, scratch.dir));
    await refuse([other, "EIN"], /has no vocabulary \(tokenizer\.json\): its data are no texts/);
    const vocabulary = join(scratch.runDir(other), "tokenizer.json");
    writeFileSync(vocabulary, "{");
    await refuse([other, "EIN"], /tokenizer\.json holds no vocabulary that this Whittle knows/, 1);
    writeFileSync(vocabulary, JSON.stringify(tokenizer.file));
    await refuse([other, "EIN"], /The model of run .* does not write/);
  });

  it("takes the copy of the model file that the run has kept only where it is asked for", async () => {
    const model = join(scratch.dir, "words.model.ts");
    const text = readFileSync(model, "utf8");
    writeFileSync(model, `${text}\n// Changed.\n`);
    await refuse([id, "EIN"], /words\.model\.ts has changed since run/, 1);
    assert.equal((await write(["EIN"], "--kept-model"))[0]?.pruned, "a");
    writeFileSync(model, text);
  });
});
