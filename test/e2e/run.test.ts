import assert from "node:assert/strict";
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { runEventSchema } from "../../src/protocol/events.ts";
import { resultSchema, runRecordSchema } from "../../src/protocol/run.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/runs/checkpoint/safetensors.ts";
import { readEvents } from "../../src/runs/log/eventLog.ts";
import { readCompaction } from "../../src/runs/record/compaction.ts";
import { USABLE_ENGINES } from "./engines.ts";
import { writeData } from "./idxFolder.ts";
import { BY_UNITS, FIXTURES, ONE_DENSE_EPOCH, TINY, useScratch, whittle, whittleJson } from "./whittle.ts";

/** Of a normalization: weights that are not trained, for each channel. */
const STATISTICS = 2;
const AS_IT_IS = ["--set", "compaction=off"];

describe("whittle run", () => {
  const scratch = useScratch(writeData);

  for (const engine of USABLE_ENGINES) {
    it(`prunes on ${engine} and prints the result as one document`, async () => {
      const document = await whittleJson(
        ["run", TINY, "--data", "idx:data", "--engine", engine, "--seed", "3"],
        scratch.dir,
      );
      const result = resultSchema.parse(document);
      assert.equal(result.status, "done");
      assert.equal(result.engine, engine);
      assert.equal(result.seed, 3);
      // Two dense layers of 64×16 and 16×2 weights, with 16 and 2 biases.
      assert.deepEqual(
        result.layers.map((layer) => layer.shape),
        [
          [64, 16],
          [16, 2],
        ],
      );
      assert.equal(result.params.total, 64 * 16 + 16 + 16 * 2 + 2);
      const remaining = result.layers.reduce((sum, layer) => sum + layer.remaining, 0);
      assert.ok(Math.abs(result.sparsity - (1 - remaining / (64 * 16 + 16 * 2))) < 1e-9);
      assert.ok(result.sparsity > 0, "something was pruned");
      assert.equal(result.params.remaining, remaining + 18);
      assert.ok(result.reference.metric > 0.9, "the bars are easy to tell apart");
    });
  }

  for (const engine of USABLE_ENGINES) {
    it(`prunes whole units on ${engine}, which die one after another`, async () => {
      const run = ["run", `${TINY}#noisy`, "--data", "idx:data", "--engine", engine, "--seed", "3"];
      const result = resultSchema.parse(await whittleJson([...run, ...BY_UNITS, ...AS_IT_IS], scratch.dir));
      assert.ok(result.sparsity >= 0.599, String(result.sparsity));
      const [filters, filterBias, gamma, beta, hidden, hiddenBias] = result.layers;
      assert.deepEqual(
        result.layers.map(({ name, total }) => [name, total]),
        [
          ["filters/kernel", 9 * 4],
          ["filters/bias", 4],
          ["norm/gamma", 4],
          ["norm/beta", 4],
          ["hidden/kernel", 36 * 4 * 16],
          ["hidden/bias", 16],
        ],
      );
      const aliveOf = (kernel: typeof filters): number => kernel?.unitsAlive ?? 0;
      assert.ok(aliveOf(filters) > 0 && aliveOf(hidden) > 0);
      for (const each of [filterBias, gamma, beta]) assert.equal(each?.remaining, aliveOf(filters));
      assert.equal(hiddenBias?.remaining, aliveOf(hidden));
      assert.equal(filters?.remaining, 9 * aliveOf(filters));
      // What filters that are gone would have given is gone as well.
      assert.equal(hidden?.remaining, 36 * aliveOf(filters) * aliveOf(hidden));
      const events = await readEvents({ dir: scratch.runDir(result.id), id: result.id });
      const alive = events.flatMap((event) =>
        event.type === "prune" ? [event.layers.reduce((sum, one) => sum + (one.unitsAlive ?? 0), 0)] : [],
      );
      assert.ok(alive.length > 0 && (alive[0] ?? 0) < 4 + 4 + 16);
      assert.ok(
        alive.every((count, at) => at === 0 || count < (alive[at - 1] ?? 0)),
        String(alive),
      );
    });

    it(`trains the network without the units that are gone on ${engine}, and counts what they would have been given as gone`, async () => {
      const args = ["run", `${TINY}#noisy`, "--data", "idx:data", "--engine", engine, "--seed", "3"];
      const result = resultSchema.parse(await whittleJson([...args, ...BY_UNITS], scratch.dir));
      const run = { dir: scratch.runDir(result.id), id: result.id };
      const sizes = (await readEvents(run)).flatMap((event) => (event.type === "compacted" ? [event.weights] : []));
      assert.ok(sizes.length > 0);
      assert.ok(sizes.every(({ trained }, at) => trained < (sizes[at - 1]?.trained ?? result.params.total)));
      const compaction = await readCompaction(run);
      const [filters, hidden] = compaction?.layers ?? [];
      assert.deepEqual([filters?.name, hidden?.name], ["filters", "hidden"]);
      const kernels = new Map(
        result.layers.map(({ name, unitsAlive, remaining }) => [name, { unitsAlive, remaining }]),
      );
      assert.equal(filters?.after, kernels.get("filters/kernel")?.unitsAlive);
      assert.equal(hidden?.after, kernels.get("hidden/kernel")?.unitsAlive);
      assert.equal(compaction?.parameters.compact, (sizes.at(-1)?.trained ?? 0) + STATISTICS * (filters?.after ?? 0));
      assert.ok((compaction?.difference ?? 1) <= 1e-5);
      // What is left of the larger kernel is what alive filters give alive units.
      const left = 36 * (filters?.after ?? 0) * (hidden?.after ?? 0);
      assert.equal(kernels.get("hidden/kernel")?.remaining, left);
    });
  }

  it("prunes a file as its author left it, with a settings file beside it and arguments that win over it", async () => {
    const author = join(FIXTURES, "author.js");
    const run = ["run", author, "--data", "idx:data", "--engine", "wasm"];
    const result = resultSchema.parse(await whittleJson(run, scratch.dir));
    assert.equal(result.status, "done");
    assert.deepEqual(
      result.layers.map(({ name, shape }) => [name, shape]),
      [
        ["hidden/kernel", [64, 12]],
        ["out/kernel", [12, 2]],
      ],
    );
    assert.ok(result.sparsity > 0, "something was pruned");
    const folder = join(scratch.dir, ".whittle/runs", result.id);
    const record = runRecordSchema.parse(JSON.parse(readFileSync(join(folder, "run.json"), "utf8")));
    assert.deepEqual(record.settings?.args, { size: 8, units: 12 });
    assert.equal(record.settings?.optimizer.name, "adam", "as it is compiled");
    assert.equal(record.settings?.epochs, 2);
    assert.match(readFileSync(join(folder, "events.jsonl"), "utf8"), /author\.js:17 trains by itself/);
    const wider = resultSchema.parse(await whittleJson([...run, "--arg", "units=9"], scratch.dir));
    assert.deepEqual(wider.layers[0]?.shape, [64, 9]);
    const wrong = await whittle([...run, "--arg", "unit=9"], scratch.dir);
    assert.notEqual(wrong.code, 0);
    assert.match(wrong.stderr, /has no parameter "unit"[\s\S]*Did you mean "units"/);
  });

  it("begins with a trained dense model: of a run, or of a file, and says so in the record", async () => {
    const base = ["run", TINY, "--data", "idx:data", "--engine", "wasm"];
    const dense = resultSchema.parse(await whittleJson([...base, "--set", "pruning.maxEpochs=0"], scratch.dir));
    const runs = join(scratch.dir, ".whittle/runs");
    const [checkpoint] = readdirSync(join(runs, dense.id, "checkpoints")).sort(
      (a, b) => parseInt(b, 10) - parseInt(a, 10),
    );
    assert.ok(checkpoint !== undefined);
    const file = join(scratch.dir, "dense.safetensors");
    copyFileSync(join(runs, dense.id, "checkpoints", checkpoint), file);
    const pruned: string[] = [];
    for (const from of [dense.id, "dense.safetensors"]) {
      const result = resultSchema.parse(await whittleJson([...base, "--from", from], scratch.dir));
      assert.deepEqual(result.reference, dense.validation);
      assert.ok(result.sparsity > 0);
      const text = readFileSync(join(runs, result.id, "run.json"), "utf8");
      const record = runRecordSchema.parse(JSON.parse(text));
      assert.equal(record.initialModel?.from, from === dense.id ? dense.id : file);
      assert.match(record.initialModel?.sha256 ?? "", /^[0-9a-f]{64}$/);
      const events = readFileSync(join(runs, result.id, "events.jsonl"), "utf8");
      assert.doesNotMatch(events, /"phase":"train"/);
      pruned.push(JSON.stringify(result.layers), result.id);
    }
    assert.equal(pruned[0], pruned[2]);

    const { tensors } = decodeSafetensors(readFileSync(file));
    const weights = [...tensors].filter(([name]) => name.startsWith("weight:"));
    const foreign = new Map([
      ...weights.map(([name, tensor]) => [name.replace("weight:", "net/"), tensor] as const),
      ["net/steps", { shape: [1], values: Float32Array.of(9) }],
    ]);
    const others = Buffer.concat(encodeSafetensors({ tensors: foreign, metadata: {} }));
    writeFileSync(join(scratch.dir, "others.safetensors"), others);
    const taken = resultSchema.parse(await whittleJson([...base, "--from", "others.safetensors"], scratch.dir));
    assert.deepEqual(taken.reference, dense.validation);
    const log = readFileSync(join(runs, taken.id, "events.jsonl"), "utf8");
    assert.match(log, /names there begin with net\/; not taken from it: net\/steps/);

    const again = await whittle([...base, "--from", pruned[1] ?? ""], scratch.dir);
    assert.notEqual(again.code, 0);
    assert.match(again.stderr, /is pruned already, so it is no dense model.*\n.*maxEpochs=0/);
    const lost = await whittle([...base, "--from", "nowhere.safetensors"], scratch.dir);
    assert.notEqual(lost.code, 0);
    assert.match(lost.stderr, /The initial model .*nowhere\.safetensors cannot be read/);
  });

  it("trains a model as it is compiled, unless it is told otherwise, and names what it cannot take over", async () => {
    const file = join(FIXTURES, "compiled.model.ts");
    const short = ["--data", "idx:data", "--engine", "wasm", ...ONE_DENSE_EPOCH];
    const run = async (exportName: string, ...more: string[]) => {
      const { id } = resultSchema.parse(
        await whittleJson(["run", `${file}#${exportName}`, ...short, ...more], scratch.dir),
      );
      const folder = join(scratch.dir, ".whittle/runs", id);
      const { settings, compiled } = runRecordSchema.parse(JSON.parse(readFileSync(join(folder, "run.json"), "utf8")));
      return { settings, compiled, log: readFileSync(join(folder, "events.jsonl"), "utf8") };
    };
    const own = await run("compiled");
    assert.deepEqual([own.settings?.optimizer.name, own.settings?.optimizer.learningRate], ["sgd", 0.05]);
    // Its targets are one-hot; the data has class ids.
    assert.equal(own.settings?.loss, "categoricalCrossentropy");
    assert.deepEqual(own.compiled?.ignored, ["the metric precision"]);
    assert.equal(own.compiled?.taken.length, 3);
    assert.match(own.log, /"warning","message":"Not taken over from the model's compile: the metric precision\."/);
    const told = await run("compiled", "--set", "optimizer.name=adam", "--set", "loss=sparseCategoricalCrossentropy");
    assert.deepEqual([told.settings?.optimizer.name, told.settings?.loss], ["adam", "sparseCategoricalCrossentropy"]);
    const exotic = await run("exotic");
    assert.equal(exotic.settings?.optimizer.name, "adam");
    assert.match(exotic.log, /the optimizer Adagrad, which Whittle does not have/);
  });

  it("trains a dense twin for as many epochs as the whole run, and shows both", async () => {
    const args = ["run", TINY, "--data", "idx:data", "--engine", "wasm", "--dense-twin"];
    const document = await whittleJson(args, scratch.dir);
    const { denseTwin, ...pruned } = z.looseObject({ denseTwin: resultSchema }).parse(document);
    const { epochs, sparsity } = resultSchema.parse(pruned);
    assert.ok(sparsity > 0);
    assert.equal(denseTwin.sparsity, 0);
    assert.equal(denseTwin.epochs, epochs);
    const file = join(scratch.dir, ".whittle/runs", denseTwin.id, "run.json");
    const { plan } = runRecordSchema.parse(JSON.parse(readFileSync(file, "utf8")));
    assert.equal(plan.twinOf, resultSchema.parse(pruned).id);
    const told = await whittle([...args, "--set", "epochs=2", "--set", "pruning.maxEpochs=4"], scratch.dir);
    assert.equal(told.code, 0, told.stderr);
    assert.match(told.stdout, /dense twin .* epochs[\s\S]*│ *test accuracy[^\n]*│[\s\S]*The dense twin is run /);
    for (const other of [["--detach"], ["--from", denseTwin.id]]) {
      const refused = await whittle([...args, ...other], scratch.dir);
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, /--dense-twin does not go with/);
    }
  });

  it("takes the engine that the experiment names, unless the command line names one", async () => {
    const args = ["run", join(FIXTURES, "cpu.model.ts"), "--data", "idx:data", "--set", "pruning.maxEpochs=0"];
    assert.equal(resultSchema.parse(await whittleJson(args, scratch.dir)).engine, "cpu");
    const forced = await whittleJson([...args, "--engine", "wasm"], scratch.dir);
    assert.equal(resultSchema.parse(forced).engine, "wasm");
  });

  it("prints lines in a pipe: progress, a table, where the run lies, what to do next", async () => {
    const { code, stdout, stderr } = await whittle(
      ["run", `${TINY}#tiny`, "--data", "idx:data", "--engine", "wasm", "--set", "epochs=2", "--method", "l2"],
      scratch.dir,
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^engine wasm: /m);
    assert.match(stdout, /^train epoch 1\/\d+ .*loss .*accuracy .*sparsity/m);
    assert.match(stdout, /^baseline: .*accuracy/m);
    assert.match(stdout, /hidden.*64×16.*1,024/);
    assert.match(stdout, /test accuracy.*%.*%/);
    assert.match(stdout, /The run lies in .*\.whittle.runs/);
    assert.match(stdout, /whittle show /);
    assert.equal(stderr, "");
    // No control sequences where no terminal is.
    assert.ok(!stdout.includes("\u001b"));
  });

  it("lists, shows, tells and deletes a run", async () => {
    const args = ["run", TINY, "--data", "idx:data", "--engine", "wasm", "--name", "Seed\tstudy"];
    const { id } = await whittleJson(args, scratch.dir);
    assert.ok(typeof id === "string");
    const list = (await whittleJson(["list"], scratch.dir)) as unknown as { id: string; state: string; name: string }[];
    const listed = list.find((run) => run.id === id);
    assert.deepEqual([listed?.state, listed?.name], ["done", "Seed study"]);
    assert.match(id, /seed-study/);

    const { dir, ...record } = await whittleJson(["show", id], scratch.dir);
    assert.ok(typeof dir === "string" && dir.endsWith(id));
    const parsed = runRecordSchema.parse(record);
    assert.equal(parsed.plan.modelFile, TINY);
    assert.equal(parsed.plan.exportName, "default");
    assert.equal(parsed.settings?.data, `idx:${join(scratch.dir, "data")}`);
    assert.match((await whittle(["show", id], scratch.dir)).stdout, /hidden.*64×16/);

    const events = (await whittleJson(["log", id], scratch.dir)) as unknown as unknown[];
    const types = events.map((event) => runEventSchema.parse(event).type);
    assert.ok(types.includes("reference") && types.includes("prune") && types.includes("result"));
    const followed = await whittle(["log", id.slice(-4), "--follow"], scratch.dir);
    assert.equal(followed.code, 0);
    assert.match(followed.stdout, /result: sparsity/);

    const refused = await whittle(["delete", id], scratch.dir);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /--yes/);
    assert.ok(existsSync(scratch.runDir(id)));
    await whittleJson(["delete", id, "--yes"], scratch.dir);
    assert.ok(!existsSync(scratch.runDir(id)));
  });
});
