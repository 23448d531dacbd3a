import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { createRandom, withSeededMathRandom } from "../../../../src/data/random.ts";
import type { Program } from "../../../../src/engine/graph/graph.ts";
import { createRunner, type Seeded, type Verdict } from "../../../../src/engine/graph/runner.ts";
import { describeNative } from "./nativeSuite.ts";

const seeded: Seeded = (salt, run) => withSeededMathRandom(createRandom("test", salt), run);

describe("running programs without graphs", () => {
  it("runs them as they are", async () => {
    await tf.setBackend("cpu");
    const runner = createRunner(tf);
    let runs = 0;
    const program: Program = ([x]) => {
      runs += 1;
      return [tf.mul(x ?? 0, 2)];
    };
    for (const value of [1, 2, 3])
      assert.equal(runner.run("double", [tf.scalar(value)], program)[0]?.dataSync()[0], 2 * value);
    assert.equal(runs, 3);
  });
});

describeNative("running programs as graphs", (engine) => {
  const start = () => {
    const { tf, graphs } = engine();
    const verdicts: Verdict[] = [];
    return { tf, verdicts, runner: createRunner(tf, { maker: graphs, onVerdict: (one) => verdicts.push(one) }) };
  };

  it("does each run once, the first one included, and calls the program no more", () => {
    const { tf, verdicts, runner } = start();
    const counter = tf.variable(tf.scalar(0), false);
    let calls = 0;
    const program: Program = ([x]) => {
      calls += 1;
      counter.assign(tf.add(counter, x ?? 0));
      return [tf.mul(counter, 10)];
    };
    const run = (value: number) => runner.run("count", [tf.scalar(value)], program, seeded)[0]?.dataSync()[0];
    assert.deepEqual([run(1), run(2), run(3), run(4)], [10, 30, 60, 100]);
    assert.equal(counter.dataSync()[0], 10);
    const before = calls;
    run(5);
    assert.equal(calls, before);
    assert.deepEqual(verdicts, [{ kind: "count", difference: 0 }]);
    // Another shape is another graph.
    const wide = runner.run("count", [tf.tensor1d([1])], ([x]) => [tf.add(x ?? 0, counter)], seeded);
    assert.deepEqual([...(wide[0]?.dataSync() ?? [])], [16]);
    assert.equal(verdicts.length, 2);
    runner.dispose();
    counter.dispose();
  });

  for (const [what, make] of [
    ["draws in JavaScript", (of: typeof tf) => () => [of.randomUniform([3])]],
    [
      "counts in JavaScript",
      (of: typeof tf) => {
        let count = 0;
        return () => [of.scalar(count++)];
      },
    ],
    [
      "reads values",
      (of: typeof tf) =>
        ([x]: readonly tf.Tensor[]) => [of.scalar(x?.dataSync()[0] ?? 0)],
    ],
  ] as const) {
    it(`goes on eagerly with a program that ${what}, and says why`, () => {
      const { tf, verdicts, runner } = start();
      const program = make(tf) as Program;
      const x = tf.scalar(2);
      const runs = [0, 1, 2].map(() => runner.run("odd", [x], program, seeded)[0]?.dataSync()[0]);
      assert.ok(runs.every((one) => one !== undefined && Number.isFinite(one)));
      assert.equal(verdicts.length, 1);
      assert.match(
        verdicts[0]?.problem ?? "",
        what === "reads values" ? /reads the values/ : /draws random numbers, or counts/,
      );
      runner.dispose();
    });
  }

  it("goes on eagerly where TensorFlow does not take the graph", () => {
    const { tf, graphs } = engine();
    assert.ok(graphs !== undefined);
    const verdicts: Verdict[] = [];
    const broken = {
      ...graphs,
      load: () => {
        throw new Error("ENOSPC: no space left");
      },
    };
    const runner = createRunner(tf, { maker: broken, onVerdict: (one) => verdicts.push(one) });
    const value = tf.variable(tf.scalar(1), false);
    const program: Program = () => {
      value.assign(tf.mul(value, 2));
      return [value.clone()];
    };
    const values = [0, 1, 2].map(() => runner.run("full", [tf.scalar(3)], program)[0]?.dataSync()[0]);
    assert.deepEqual(values, [2, 4, 8]);
    assert.match(verdicts[0]?.problem ?? "", /did not take the graph \(ENOSPC/);
    runner.dispose();
    value.dispose();
  });

  it("tells variables apart that were made of one tensor", () => {
    const { tf, runner } = start();
    const one = tf.scalar(1);
    const [a, b] = [tf.variable(one, false), tf.variable(one, false)];
    const program: Program = ([x]) => {
      a.assign(tf.add(a, x ?? 0));
      return [tf.add(tf.mul(a, 10), b)];
    };
    const values = [1, 2, 3].map((x) => runner.run("twins", [tf.scalar(x)], program)[0]?.dataSync()[0]);
    assert.deepEqual(values, [21, 41, 71]);
    runner.dispose();
    tf.dispose([a, b]);
  });

  it("refuses a graph that gives something else, and goes on with what the program gave", () => {
    const { tf, graphs } = engine();
    assert.ok(graphs !== undefined);
    const verdicts: Verdict[] = [];
    const wrong = {
      ...graphs,
      load: (recording: Parameters<typeof graphs.load>[0]) => {
        const graph = graphs.load(recording);
        return {
          ...graph,
          run: (inputs: readonly tf.Tensor[]) => graph.run(inputs).map((one) => tf.mul(one, 1.001)),
        };
      },
    };
    const runner = createRunner(tf, { maker: wrong, onVerdict: (one) => verdicts.push(one) });
    const value = tf.variable(tf.scalar(1), false);
    const program: Program = ([x]) => {
      value.assign(tf.mul(value, x ?? 1));
      return [value.clone()];
    };
    assert.equal(runner.run("wrong", [tf.scalar(3)], program)[0]?.dataSync()[0], 3);
    assert.equal(value.dataSync()[0], 3);
    assert.match(verdicts[0]?.problem ?? "", /something else, by 0\.001/);
    runner.dispose();
    value.dispose();
  });
});
