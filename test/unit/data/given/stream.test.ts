import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { streamBatches } from "../../../../src/data/batches.ts";
import { type GivenOptions, openGiven } from "../../../../src/data/given/given.ts";
import { isStreamed, type StreamedDataSet } from "../../../../src/data/types.ts";
import { WhittleError } from "../../../../src/protocol/errors.ts";

const OPTIONS = { validationSplit: 0.25, seed: 1, exampleRank: 1 };
const COUNT = 50;
const rowOf = (at: number): number[] => [at, at / 2, 1 - at];
const held = { x: [rowOf(1), rowOf(2), rowOf(3)], y: [0, 1, 2] };

function* numbered(count = COUNT) {
  for (let at = 0; at < count; at++) yield { x: rowOf(at), y: at % 3 };
}

const given = (change: Record<string, unknown> = {}) => ({
  ...{ train: () => numbered(), count: COUNT, validation: held, test: held },
  ...change,
});

async function open(value: unknown, options: Partial<GivenOptions> = {}): Promise<StreamedDataSet> {
  const data = await openGiven("custom", value, { ...OPTIONS, ...options });
  assert.ok(isStreamed(data));
  return data;
}

/** `[x, y]` of each example of an epoch (from 0), as they come. */
async function epochOf(data: StreamedDataSet, epoch = 0): Promise<(readonly [number[], number[]])[]> {
  const examples: (readonly [number[], number[]])[] = [];
  for await (const { x, y } of data.train.start(epoch, 0)) examples.push([[...x], [...y]]);
  return examples;
}

const sorted = (examples: readonly (readonly [number[], number[]])[]) =>
  [...examples].sort(([a], [b]) => (a[0] ?? 0) - (b[0] ?? 0));
const EXPECTED = Array.from({ length: COUNT }, (_, at) => [rowOf(at), [at % 3]]);

describe("a stream that a user's function gives", () => {
  const dataset = () =>
    tf.data.zip({
      xs: tf.data.array([...numbered()].map(({ x }) => x)),
      ys: tf.data.array([...numbered()].map(({ y }) => y)),
    });
  for (const [what, train] of [
    ["a generator", () => numbered()],
    [
      "an asynchronous generator",
      async function* () {
        for (const example of numbered()) {
          await new Promise((resolve) => setImmediate(resolve));
          yield example;
        }
      },
    ],
    ["a promise of a list", async () => [...numbered()]],
    ["a Dataset", dataset],
    ["a Dataset of batches, the last one smaller", () => dataset().batch(8)],
    [
      "tensors",
      function* () {
        for (const { x, y } of numbered()) yield { xs: tf.tensor1d(x), ys: tf.scalar(y, "int32") };
      },
    ],
    ["a generator without end", () => numbered(Number.POSITIVE_INFINITY)],
  ] as const) {
    it(`is taken as ${what}: so many examples an epoch, shuffled anew in each, the same at each start`, async () => {
      const before = tf.memory().numTensors;
      const data = await open(given({ train }));
      assert.deepEqual([data.xShape, data.yShape, data.classes, data.train.count], [[3], [], 3, COUNT]);
      assert.deepEqual([data.validation.count, data.test.count], [3, 3]);
      const first = await epochOf(data);
      assert.deepEqual(sorted(first), EXPECTED);
      assert.notDeepEqual(first, EXPECTED);
      assert.deepEqual(await epochOf(data), first);
      const second = await epochOf(data, 1);
      assert.deepEqual(sorted(second), EXPECTED);
      assert.notDeepEqual(second, first);
      assert.notDeepEqual(await epochOf(await open(given({ train }), { seed: 2 })), first);
      assert.equal(tf.memory().numTensors, before, "tensors are disposed of");
    });
  }

  it("is started with the epoch, from 1, and the seed; what it draws is the same for both", async () => {
    const calls: unknown[] = [];
    const train = async function* (what: unknown) {
      calls.push(what);
      await null;
      for (;;) yield { x: [Math.random(), Math.random(), 0], y: 0 };
    };
    const data = await open(given({ train }));
    const real = Math.random;
    const [first, again, second] = [await epochOf(data), await epochOf(data), await epochOf(data, 1)];
    assert.deepEqual(again, first);
    assert.notDeepEqual(sorted(second), sorted(first));
    assert.equal(Math.random, real);
    assert.deepEqual(calls, [
      { epoch: 1, seed: 0 },
      { epoch: 1, seed: 1 },
      { epoch: 1, seed: 1 },
      { epoch: 2, seed: 1 },
    ]);
  });

  it("is closed when it has given enough, when it is known, and when nobody wants the rest", async () => {
    let open_ = 0;
    const train = function* () {
      open_ += 1;
      try {
        yield* numbered(Number.POSITIVE_INFINITY);
      } finally {
        open_ -= 1;
      }
    };
    const data = await open(given({ train, shuffleBuffer: 3 }));
    assert.equal(open_, 0);
    const examples = data.train.start(0, 0);
    await examples.next();
    assert.equal(open_, 1);
    await examples.return();
    assert.equal(open_, 0);
    await epochOf(data);
    assert.equal(open_, 0);
  });

  it("keeps its order with a buffer of one, and holds no more examples than the buffer", async () => {
    let made = 0;
    const train = function* () {
      for (const example of numbered()) {
        made += 1;
        yield example;
      }
    };
    assert.deepEqual(await epochOf(await open(given({ train, shuffleBuffer: 1 }))), EXPECTED);
    const data = await open(given({ train, shuffleBuffer: 10 }));
    made = 0;
    let taken = 0;
    for await (const _ of data.train.start(0, 0)) {
      taken += 1;
      assert.ok(made - taken <= 10, `${made} made, ${taken} taken`);
    }
  });

  it("has a smaller buffer than asked for where examples are large, and says so", async () => {
    const notes: string[] = [];
    const size = 2 ** 26;
    const large = { x: new Uint8Array(size), y: 0 };
    const value = given({ train: () => [large, large, large], count: 3, validation: [large], test: [large] });
    const options = { ...OPTIONS, onProgress: (note: string) => notes.push(note) };
    assert.ok(isStreamed(await openGiven("custom", value, options)));
    // Half a GiB holds 1.99 examples of 2^26 numbers and a target.
    assert.deepEqual(notes, ["The shuffle buffer holds 1 examples and not 3: they take half a GiB."]);
  });

  it("has values as targets where the loss compares values, or one of those known first is a fraction", async () => {
    const data = await open(given(), { wantsValues: true });
    assert.deepEqual([data.yShape, data.classes], [[1], undefined]);
    const fraction = await open(given({ test: { x: [[1, 2, 3]], y: [0.5] } }));
    assert.equal(fraction.classes, undefined);
    assert.deepEqual(sorted(await epochOf(fraction)), EXPECTED);
  });

  it("puts several inputs and targets side by side, in batches or not", async () => {
    const fields = { inputs: ["a", "b"], outputs: ["c", "d"], exampleRank: 1 };
    const some = { x: { a: [[1, 2]], b: [[3]] }, y: { c: [[4]], d: [[5, 6]] } };
    const one = { x: { a: [1, 2], b: [3] }, y: { c: [4], d: [5, 6] } };
    for (const train of [() => [some, some], () => [one, one]]) {
      const data = await open({ train, count: 2, validation: some, test: some }, fields);
      assert.deepEqual([data.xShape, data.yShape], [[3], [3]]);
      assert.deepEqual(await epochOf(data), [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ]);
    }
  });

  it("brings the weight of each example along, into its batch as well", async () => {
    const weighted = { ...held, w: [1, 1, 1] };
    const train = function* () {
      for (const [at, example] of [...numbered()].entries()) yield { ...example, w: at / 4 };
    };
    const data = await open(given({ train, validation: weighted, test: weighted }));
    assert.deepEqual(data.wShape, []);
    let examples = 0;
    for await (const { x, w, count } of streamBatches(data, 0, 8, 0)) {
      examples += count;
      assert.deepEqual(
        [...(w ?? [])],
        Array.from({ length: count }, (_, row) => (x[3 * row] ?? 0) / 4),
      );
    }
    assert.equal(examples, COUNT);
    const some = function* () {
      for (const [at, example] of [...train()].entries()) yield at === 40 ? { x: example.x, y: example.y } : example;
    };
    await assert.rejects(
      async () => epochOf(await open(given({ train: some, validation: weighted, test: weighted }))),
      /train\.w of example 40 has shape none, the first has \[\]/,
    );
  });

  it("leaves ids alone that stand for padding", async () => {
    const train = function* () {
      for (const [at, { x, y }] of [...numbered()].entries()) yield { x, y: at % 10 === 9 ? -1 : y };
    };
    const data = await open(given({ train }), { ignoreTarget: -1 });
    assert.deepEqual([data.classes, (await epochOf(data)).filter(([, [id]]) => id === -1).length], [3, 5]);
    await assert.rejects(async () => epochOf(await open(given({ train }))), /-1, which is no class|is -1, but/);
  });

  it("is told from others by what is known of it first, and not by the seed of the run", async () => {
    const hash = async (change: Record<string, unknown>, seed = 1) => (await open(given(change), { seed })).sha256;
    const drawn = () => [...numbered()].map(({ y }) => ({ x: [Math.random(), 0, 0], y }));
    assert.equal(await hash({ train: drawn }), await hash({ train: drawn }, 2));
    const first = await hash({});
    assert.equal(await hash({}, 2), first);
    const others = [
      await hash({ count: COUNT - 1 }),
      await hash({ train: () => [{ x: [9, 9, 9], y: 0 }, ...numbered()] }),
      await hash({ validation: { ...held, y: [0, 1, 1] } }),
      await hash({ test: { ...held, y: [0, 1, 1] } }),
    ];
    assert.equal(new Set([first, ...others]).size, 5);
  });

  function* broken(at: number, example: unknown) {
    yield* numbered(at);
    yield example;
    yield* numbered();
  }
  for (const [what, change, message] of [
    ["without a count", { count: undefined }, /train is a function, and count is undefined/],
    ["with half an example", { count: 0.5 }, /count is a number \(0\.5\)/],
    ["with an empty buffer", { shuffleBuffer: 0 }, /shuffleBuffer is a number \(0\)/],
    ["without validation", { validation: undefined }, /there is no validation/],
    ["without a test", { test: undefined }, /there is no test/],
    ["that is a number", { train: () => 5 }, /train gives a number/],
    ["that is an array of inputs", { train: () => held }, /train gives an object with x, y/],
    ["that is shorter than it says, at once", { train: () => numbered(5) }, /train ends after 5 examples of epoch 1/],
    ["that is shorter than it says", { train: () => numbered(49) }, /ends after 49 .* epoch 1, but count is 50/],
    ["of other shapes than validation", { validation: { x: [[1]], y: [0] } }, /"validation" have other shapes/],
    ["with another shape later on", { train: () => broken(40, { x: [1], y: 0 }) }, /x of example 40 has shape \[1\]/],
    ["with NaN later on", { train: () => broken(40, { x: [1, Number.NaN, 0], y: 0 }) }, /x has NaN in example 40/],
    [
      "with NaN in a batch later on",
      {
        train: () => [
          ...numbered(40),
          {
            x: [
              [0, 0, 0],
              [Number.NaN, 0, 0],
            ],
            y: [0, 0],
          },
        ],
      },
      /x has NaN in example 41/,
    ],
    ["with an unknown class", { train: () => broken(40, { x: [1, 2, 3], y: 3 }) }, /y of example 40 is 3, .* 0 to 2/],
    ["with half a class", { train: () => broken(40, { x: [1, 2, 3], y: 0.5 }) }, /y of example 40 is 0\.5/],
    ["with no example later on", { train: () => broken(40, null) }, /example 40 is null/],
  ] as const) {
    it(`is refused ${what}, in words`, async () => {
      await assert.rejects(
        async () => epochOf(await open(given(change))),
        (error) => {
          assert.ok(error instanceof WhittleError, String(error));
          assert.match(error.message, message);
          assert.ok(error.remedy.length > 10);
          return true;
        },
      );
    });
  }

  it("is read or refused, whatever it is", async () => {
    const examples = fc.oneof(
      fc.anything(),
      fc.array(fc.anything()),
      fc.array(fc.record({ x: fc.anything(), y: fc.anything() })),
    );
    await fc.assert(
      fc.asyncProperty(examples, fc.oneof(fc.constant(2), fc.anything()), async (gives, count) => {
        try {
          await epochOf(await open(given({ train: () => gives, count })));
        } catch (error) {
          assert.ok(error instanceof WhittleError, String(error));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("says where it comes from what the user's own code throws, whenever it does", async () => {
    const explain = (error: unknown) => new WhittleError(`load.ts:7: ${(error as Error).message}`, { remedy: "" });
    const fails = (after: number) =>
      function* () {
        yield* numbered(after);
        throw new Error("the server is down");
      };
    const throws = () => {
      throw new Error("the server is down");
    };
    for (const change of [{ train: throws }, { train: fails(0) }, { train: fails(40) }, { test: fails(2)() }]) {
      await assert.rejects(async () => epochOf(await open(given(change), { explain })), {
        name: "WhittleError",
        message: "load.ts:7: the server is down",
      });
    }
  });

  it("says what to do where it cannot be started anew", async () => {
    const once = numbered(Number.POSITIVE_INFINITY);
    const data = open(given({ train: () => once }));
    await assert.rejects(
      async () => epochOf(await data),
      (error) =>
        error instanceof WhittleError && /after 0 examples of epoch 1/.test(error.message) && /anew/.test(error.remedy),
    );
  });
});
