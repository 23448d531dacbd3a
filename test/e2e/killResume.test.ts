/** A run that is killed again and again ends with the same bits. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type RunResult, resultSchema } from "../../src/protocol/run.ts";
import { readLatestCheckpoint } from "../../src/runs/checkpoint/checkpoint.ts";
import { readLockHolder } from "../../src/runs/lock/lock.ts";
import { readRecord } from "../../src/runs/record/store.ts";
import { USABLE_ENGINES } from "./engines.ts";
import { writeData } from "./idxFolder.ts";
import { BY_UNITS, EXAMPLES, FIXTURES, startWhittle, TINY, useScratch, waitFor, whittleJson } from "./whittle.ts";

/** `WHITTLE_KILLS=20 npx mocha test/e2e/killResume.test.ts` for more. */
const KILLS = Number(process.env["WHITTLE_KILLS"] ?? 3);

describe("kill -9 of the training process", function () {
  this.timeout(120_000 + KILLS * 60_000);
  const scratch = useScratch(writeData);
  before(() => {
    writePairs(join(scratch.dir, "pairs"));
  });

  const countEvents = (id: string): number => {
    const file = join(scratch.runDir(id), "events.jsonl");
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0;
  };

  /** Starts or resumes a run and kills its training process after `wait` more events. @returns the run's id */
  const trainAndKill = async (args: readonly string[], wait: number): Promise<string> => {
    const before = new Set(scratch.runIds());
    const running = startWhittle(args, scratch.dir);
    const known = args[0] === "resume" ? args[1] : undefined;
    const idOf = (): string | undefined =>
      known ?? scratch.runIds().find((id) => !before.has(id) && !id.startsWith("."));
    await waitFor("there is a run", () => idOf() !== undefined);
    const id = idOf() ?? "";
    const goal = (known === undefined ? 0 : countEvents(id)) + wait;
    await waitFor(`${id} has ${goal} events`, () => countEvents(id) >= goal);
    const holder = readLockHolder({ dir: scratch.runDir(id), id });
    assert.ok(holder?.alive, "the run was over before it could be killed");
    process.kill(holder.pid, "SIGKILL");
    const { code, stderr } = await running.ended;
    assert.equal(code, 1);
    assert.match(stderr, /SIGKILL/);
    assert.match(stderr, new RegExp(`whittle resume ${id}`));
    return id;
  };

  const trained = {
    "data in memory": [`${TINY}#noisy`, "--data", "idx:data"],
    // Pruned from the second epoch on, so that most kills meet a network that has become smaller.
    "whole units": [
      `${TINY}#noisy`,
      ...["--data", "idx:data", ...BY_UNITS],
      ...["epochs=1", `pruning.maxEpochs=${4 * KILLS}`, "pruning.targetSparsity=0.9", "pruning.ramp=0.4"].flatMap(
        (setting) => ["--set", setting],
      ),
    ],
    "a stream": [join(FIXTURES, "streamed.model.ts")],
    "what the file itself trains on": [`${join(FIXTURES, "page.js")}#run`],
    // Dropout in every step, batches by length, and beams in every validation.
    "texts that it writes": [
      join(EXAMPLES, "translation.model.ts"),
      ...["width=16", "layers=1", "heads=2", "dropout=0.1"].flatMap((arg) => ["--arg", arg]),
      ...["--data", "parallel:pairs#there-here", "--set", "batchSize=16", "--set", "generation.beams=3"],
      ...["pruning.maxEpochs=2", "pruning.finetuneEpochs=1", "generation.length=8"].flatMap((one) => ["--set", one]),
    ],
  };
  const cases = USABLE_ENGINES.flatMap((engine) =>
    Object.entries(trained).map(([what, model]) => ({ engine, what, model })),
  );
  for (const { engine, what, model } of cases) {
    it(`changes no bit of the result on ${engine} with ${what}`, async () => {
      const args = ["run", model[0] ?? "", "--set", `epochs=${2 * KILLS}`, ...model.slice(1)];
      args.push("--engine", engine, "--seed", "5");
      const undisturbed = resultSchema.parse(await whittleJson(args, scratch.dir));
      const isByUnits = what === "whole units";
      const random = createLehmer(20261124);
      const waits = Array.from({ length: KILLS }, () => (isByUnits ? 10 : 5) + Math.floor(random() * 8));
      const id = await trainAndKill(args, waits[0] ?? 5);
      for (const wait of waits.slice(1)) {
        await trainAndKill(["resume", id], wait);
      }
      const disturbed = resultSchema.parse(await whittleJson(["resume", id], scratch.dir));
      // Time is the one figure that may differ.
      const timeless = (result: RunResult) => ({ ...result, id: "", seconds: 0, spent: undefined });
      assert.deepEqual(timeless(disturbed), timeless(undisturbed));
      const { execution } = await readRecord({ dir: scratch.runDir(id), id });
      assert.equal(execution?.mode, engine === "native" ? "graph" : "eager", execution?.reason);
      if (isByUnits) assert.ok(resumedWhenSmaller(scratch.runDir(id)), "it was never resumed when smaller");
      const [one, other] = [undisturbed.id, id].map((each) => finalTensors(scratch.runDir(each), each));
      assert.ok(one !== undefined && one.size > 0);
      assert.deepEqual(other, one);
    });
  }
});

/** Texts of 3 to 19 words, and as translations the same words the other way round, as others. */
function writePairs(folder: string): void {
  mkdirSync(folder);
  const random = createLehmer(7);
  for (const [split, count] of [
    ["train", 100],
    ["val", 12],
    ["test", 12],
  ] as const) {
    const texts = Array.from({ length: count }, () =>
      Array.from({ length: 3 + Math.floor(random() * 17) }, () => Math.floor(random() * 20)),
    );
    const lines = (word: (id: number) => string, all: readonly (readonly number[])[]): string =>
      all.map((text) => `${text.map(word).join(" ")}\n`).join("");
    writeFileSync(
      join(folder, `${split}.there`),
      lines((id) => `one${id}`, texts),
    );
    writeFileSync(
      join(folder, `${split}.here`),
      lines(
        (id) => `two${id}`,
        texts.map((text) => text.toReversed()),
      ),
    );
  }
}

function resumedWhenSmaller(dir: string): boolean {
  const log = readFileSync(join(dir, "events.jsonl"), "utf8");
  const first = log.indexOf('"type":"compacted"');
  return first !== -1 && log.lastIndexOf('"type":"resumed"') > first;
}

/** Name → bytes in hexadecimal, so that -0 and NaN count too. */
function finalTensors(dir: string, id: string): Map<string, string> {
  const checkpoint = readLatestCheckpoint({ dir, id });
  assert.ok(checkpoint !== undefined, `${id} has no checkpoint`);
  return new Map(
    [...checkpoint.tensors]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { values }]) => [
        name,
        Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("hex"),
      ]),
  );
}

function createLehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 0x7fffffff;
    return state / 0x7fffffff;
  };
}
