import assert from "node:assert/strict";
import fc from "fast-check";
import { createRandom, permutation, withSeededMathRandom } from "../../../src/data/random.ts";

const draw = (count: number, ...keys: (string | number)[]): number[] => {
  const random = createRandom(...keys);
  return Array.from({ length: count }, () => random.next());
};

describe("random", () => {
  const real = Math.random;
  afterEach(() => {
    Math.random = real;
  });

  it("gives the same numbers for the same keys, on every machine", () => {
    assert.deepEqual(draw(5, 7, "shuffle"), draw(5, 7, "shuffle"));
    assert.deepEqual(
      draw(3, 0, "pinned").map((value) => value * 2 ** 32),
      [1086203029, 3723564557, 4153104481],
    );
  });

  it("keeps streams with other keys apart", () => {
    const streams = [draw(4, 1, 2), draw(4, 12), draw(4, "1", 2), draw(4, 2, 1), draw(4, "1", "2"), draw(4)];
    const firsts = new Set(streams.map((stream) => stream.join()));
    assert.equal(firsts.size, streams.length);
  });

  it("is uniform: mean, variance and neighbours", () => {
    const values = draw(100_000, "uniform");
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    const lagged = values.slice(1).reduce((sum, value, index) => sum + (value - 0.5) * ((values[index] ?? 0) - 0.5), 0);
    // Five standard deviations of each estimate.
    assert.ok(Math.abs(mean - 0.5) < 0.0046, `mean ${mean}`);
    assert.ok(Math.abs(variance - 1 / 12) < 0.0012, `variance ${variance}`);
    assert.ok(Math.abs(lagged / values.length) < 0.0014, `lagged ${lagged / values.length}`);
    assert.ok(values.every((value) => value >= 0 && value < 1));
  });

  it("permutes: every index once, whatever the seed", () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(), (count, seed) => {
        const sorted = [...permutation(count, createRandom(seed))].sort((a, b) => a - b);
        assert.deepEqual(
          sorted,
          Array.from({ length: count }, (_, index) => index),
        );
      }),
    );
  });

  it("reaches every permutation about equally often", () => {
    const random = createRandom("permutations");
    const counts = new Map<string, number>();
    for (let round = 0; round < 6000; round++) {
      const key = permutation(3, random).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    assert.equal(counts.size, 6);
    for (const [key, count] of counts) assert.ok(Math.abs(count - 1000) < 150, `${key}: ${count}`);
  });

  it("seeds Math.random for the call only, also when it throws, and for calls inside it", () => {
    Math.random = () => 0.25;
    const inside = withSeededMathRandom(createRandom(3), () => [
      Math.random(),
      ...withSeededMathRandom(createRandom(4), () => [Math.random(), Math.random()]),
      Math.random(),
    ]);
    const [first, second] = draw(2, 3);
    assert.deepEqual(inside, [first, ...draw(2, 4), second]);
    assert.equal(Math.random(), 0.25);
    assert.throws(() =>
      withSeededMathRandom(createRandom(3), () => {
        throw new Error("inside");
      }),
    );
    assert.equal(Math.random(), 0.25);
  });

  it("seeds what goes on for a while, each for itself, and nobody else", async () => {
    const pause = () => new Promise((resolve) => setTimeout(resolve, 2));
    const drawSlowly = (seed: number) =>
      withSeededMathRandom(createRandom(seed), async () => {
        const first = Math.random();
        await pause();
        return [first, Math.random()];
      });
    Math.random = () => 0.25;
    const both = Promise.all([drawSlowly(3), drawSlowly(4)]);
    assert.equal(Math.random(), 0.25);
    const [three, four] = await both;
    assert.deepEqual(three, draw(2, 3));
    assert.deepEqual(four, draw(2, 4));
    await assert.rejects(
      withSeededMathRandom(createRandom(3), async () => {
        await pause();
        throw new Error("inside");
      }),
    );
    assert.equal(Math.random(), 0.25);
  });

  it("seeds what was begun and is waited for no more, whoever sets Math.random meanwhile", async () => {
    const late: number[] = [];
    let go = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      go = resolve;
    });
    Math.random = () => 0.25;
    const waiting = withSeededMathRandom(createRandom(3), () => {
      late.push(Math.random());
      return [begun.then(() => void late.push(Math.random()))];
    });
    Math.random = () => 0.75;
    const drawn = withSeededMathRandom(createRandom(4), () => [Math.random(), Math.random()]);
    assert.deepEqual(drawn, draw(2, 4));
    assert.equal(Math.random(), 0.75);
    go();
    await Promise.all(waiting);
    assert.deepEqual(late, draw(2, 3));
  });
});
