import assert from "node:assert/strict";
import type * as Tf from "@tensorflow/tfjs";
import { nativeFolder } from "../../../src/engine/install/cache.ts";
import { checkKnownAnswers } from "../../../src/engine/install/check.ts";
import { checkInProcess, judge } from "../../../src/engine/install/checkProcess.ts";
import { diagnose } from "../../../src/engine/install/doctor.ts";
import { type Finished, runProgram } from "../../../src/engine/install/programs.ts";
import { loadEngine } from "../../../src/engine/load.ts";
import { restoreUtilFunctions } from "../../../src/engine/nodeCompat.ts";
import { requireFrom } from "../../../src/engine/nodeRequire.ts";
import { ENGINE_NAMES, type EngineName, type TF } from "../../../src/engine/types.ts";
import { WhittleError } from "../../../src/protocol/errors.ts";
import { engineRecordSchema } from "../../../src/protocol/run.ts";
import { withEmptyCache, writeFakeNative } from "./install/cacheFolders.ts";

/** Twenty steps of a small convolutional network on fixed data; its losses. */
function train(tf: TF): number[] {
  return tf.tidy(() => {
    const x = tf.randomUniform<Tf.Rank.R4>([16, 8, 8, 1], -1, 1, "float32", 7);
    const labels = tf.oneHot(tf.mean(x, [1, 2, 3]).greater(0).toInt() as Tf.Tensor1D, 2);
    const filter = tf.variable(tf.randomNormal<Tf.Rank.R4>([3, 3, 1, 4], 0, 0.3, "float32", 1));
    const kernel = tf.variable(tf.randomNormal<Tf.Rank.R2>([36, 2], 0, 0.1, "float32", 2));
    const loss = () => {
      const pooled = tf.maxPool(tf.relu(tf.conv2d(x, filter, 1, "valid")), 2, 2, "valid");
      return tf.losses.softmaxCrossEntropy(labels, tf.matMul(pooled.reshape([16, 36]), kernel)).asScalar();
    };
    const losses: number[] = [];
    for (let step = 0; step < 20; step += 1) {
      const { value, grads } = tf.variableGrads(loss);
      for (const weight of [filter, kernel] as Tf.Variable[]) {
        weight.assign(tf.sub(weight, tf.mul(grads[weight.name] as Tf.Tensor, 0.3)));
      }
      losses.push(value.dataSync()[0] ?? Number.NaN);
    }
    filter.dispose();
    kernel.dispose();
    return losses;
  });
}

describe("engines", () => {
  const usable: EngineName[] = [];
  const losses = new Map<EngineName, number[]>();

  before(async () => {
    const { engines } = await diagnose();
    usable.push(...engines.filter((engine) => engine.usable).map((engine) => engine.name));
  });

  it("include wasm and cpu on every machine", () => {
    assert.ok(usable.includes("wasm") && usable.includes("cpu"), usable.join());
  });

  it("that are usable load by name, know the answers, train, and train the same bits again", async () => {
    for (const name of usable) {
      const { tf, record } = await loadEngine(name);
      assert.equal(record.name, name);
      assert.equal(tf.getBackend(), name === "native" ? "tensorflow" : name);
      engineRecordSchema.parse(record);
      assert.equal(record.versions["tfjs"], "4.22.0");
      assert.equal(record.versions["node"], process.versions.node);
      checkKnownAnswers(tf);
      const first = train(tf);
      const tensors = tf.memory().numTensors;
      assert.deepEqual(train(tf), first, name);
      assert.equal(tf.memory().numTensors, tensors, name);
      assert.ok((first.at(-1) ?? 1) < 0.8 * (first[0] ?? 0), `${name}: ${first[0]} to ${first.at(-1)}`);
      losses.set(name, first);
    }
  });

  it("agree with each other", () => {
    const reference = losses.get("cpu") ?? [];
    for (const [name, values] of losses) {
      values.forEach((value, step) => {
        const expected = reference[step] ?? Number.NaN;
        assert.ok(Math.abs(value - expected) < 1e-3 * expected, `${name}, step ${step}: ${value}, cpu ${expected}`);
      });
    }
  });

  it("are chosen in order of speed", async () => {
    const notes: string[] = [];
    const { record } = await loadEngine("auto", { onNote: (line) => notes.push(line) });
    assert.equal(
      record.name,
      ENGINE_NAMES.find((name) => usable.includes(name)),
    );
    assert.equal(notes.length, record.name === "native" ? 0 : 1);
  });

  it("fall back to wasm where native is not installed, and say so", () =>
    withEmptyCache(async () => {
      const notes: string[] = [];
      const { record, tf } = await loadEngine("auto", { onNote: (line) => notes.push(line) });
      assert.equal(record.name, "wasm");
      assert.equal(tf.getBackend(), "wasm");
      assert.match(record.reason, /native engine is not used: it is not installed.*whittle setup/);
      assert.deepEqual(notes, [record.reason]);
    }));

  it("fall back to wasm where native's library does not load", () =>
    withEmptyCache(async () => {
      writeFakeNative(nativeFolder());
      const { record } = await loadEngine("auto");
      assert.equal(record.name, "wasm");
      assert.match(record.reason, /tfjs_binding\.node does not load/);
    }));

  it("asked for by name are refused with the remedy, never replaced", () =>
    withEmptyCache(async () => {
      const refused = (pattern: RegExp) => (error: WhittleError) => {
        assert.ok(error instanceof WhittleError);
        assert.match(error.message, pattern);
        assert.match(error.remedy, /whittle setup/);
        return true;
      };
      await assert.rejects(loadEngine("native"), refused(/native engine cannot be used: it is not installed/));
      writeFakeNative(nativeFolder());
      await assert.rejects(loadEngine("native"), refused(/does not load/));
    }));
});

describe("checkKnownAnswers", () => {
  it("notices an engine that computes wrong values", async () => {
    const { tf } = await loadEngine("cpu");
    const wrong = (part: Partial<TF>): TF => ({ ...tf, ...part });
    const off = (x: Tf.Tensor | Tf.TensorLike) => tf.mul(tf.relu(x), 1.001);
    assert.throws(() => checkKnownAnswers(wrong({ relu: off as TF["relu"] })), /wrong values: a dense training step/);
    const nothing = (x: Tf.Tensor | Tf.TensorLike) => tf.mul(tf.sum(x), Number.NaN);
    assert.throws(() => checkKnownAnswers(wrong({ sum: nothing as TF["sum"] })), /wrong values/);
  });
});

describe("the check in a process of its own", () => {
  const finished: Finished = { code: 1, signal: null, stdout: "", stderr: "", late: false };

  it("passes for wasm and gives its versions", async () => {
    const verdict = await checkInProcess("wasm");
    assert.equal(verdict.usable && verdict.versions["tfjs-backend-wasm"], "4.22.0");
  });

  it("survives a crash and names the signal", async () => {
    const crashed = await runProgram(process.execPath, ["-e", "process.kill(process.pid, 'SIGKILL')"]);
    const verdict = judge(crashed);
    assert.ok(!verdict.usable);
    if (process.platform !== "win32") {
      assert.match(verdict.reason, /crashed with SIGKILL/);
    }
    const illegal = judge({ ...finished, code: null, signal: "SIGILL" });
    assert.match(illegal.usable ? "" : illegal.reason, /SIGILL.*instruction/);
  });

  it("has a deadline", async () => {
    const hanging = await runProgram(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { deadlineMs: 300 });
    const verdict = judge(hanging);
    assert.match(verdict.usable ? "" : verdict.reason, /did not finish/);
  });

  it("does not take exit code 0 without a report, nor a report without exit code 0, for success", () => {
    assert.equal(judge({ ...finished, code: 0, stdout: "hello\n" }).usable, false);
    assert.equal(judge({ ...finished, stdout: '{"ok":true,"versions":{}}\n' }).usable, false);
    assert.equal(judge({ ...finished, code: 0, stdout: 'noise\n{"ok":true,"versions":{}}\n' }).usable, true);
    assert.deepEqual(judge({ ...finished, stdout: '{"ok":false,"problem":"no library"}' }), {
      usable: false,
      reason: "no library",
    });
    assert.equal(judge(undefined).usable, false);
  });
});

describe("diagnose", () => {
  it("says of every engine how it is and what to do, in plain JSON", () =>
    withEmptyCache(async (cache) => {
      const diagnosis = await diagnose();
      assert.deepEqual(JSON.parse(JSON.stringify(diagnosis)), diagnosis);
      assert.deepEqual(
        diagnosis.engines.map(({ name, found, usable }) => [name, found, usable]),
        [
          ["native", false, false],
          ["wasm", true, true],
          ["cpu", true, true],
        ],
      );
      assert.match(diagnosis.engines[0]?.remedy ?? "", /whittle setup/);
      assert.equal(diagnosis.choice, "wasm");
      assert.equal(diagnosis.cacheFolder, cache);
    }));
});

describe("restoreUtilFunctions", () => {
  it("puts back what Node 23 removed, for CommonJS code", () => {
    const util: Record<string, unknown> = requireFrom(import.meta.url)("node:util");
    const before = { isArray: util["isArray"], isNullOrUndefined: util["isNullOrUndefined"] };
    try {
      delete util["isArray"];
      delete util["isNullOrUndefined"];
      restoreUtilFunctions();
      const restored: Record<string, (value: unknown) => boolean> = requireFrom(import.meta.url)("util");
      assert.deepEqual(
        [null, undefined, 0, ""].map((value) => restored["isNullOrUndefined"]?.(value)),
        [true, true, false, false],
      );
      assert.deepEqual(
        [[], {}].map((value) => restored["isArray"]?.(value)),
        [true, false],
      );
    } finally {
      Object.assign(util, before);
    }
  });
});
