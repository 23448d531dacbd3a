import assert from "node:assert/strict";
import fc from "fast-check";
import { createRandom, type Random } from "../../../src/data/random.ts";
import { shuffle } from "../../../src/data/shuffle.ts";
import type { Example } from "../../../src/data/types.ts";

/** Numbered in x; every example lies in the same memory, as a frugal generator's does. */
async function* examples(count: number): AsyncGenerator<Example> {
  const [x, y] = [new Float32Array(2), new Int32Array(1)];
  for (let at = 0; at < count; at++) {
    x.fill(at);
    y.fill(9 - at);
    yield { x, y };
  }
}

async function orderOf(count: number, size: number, random: Random): Promise<number[]> {
  const order: number[] = [];
  for await (const { x, y } of shuffle(examples(count), size, random)) {
    const [at = -1] = x;
    assert.deepEqual([[...x], [...y]], [[at, at], [9 - at]], "x and y stay together");
    order.push(at);
  }
  return order;
}

const drawing = (...numbers: number[]): Random => ({ next: () => numbers.shift() ?? 0 });

describe("shuffle buffer", () => {
  it("gives the one drawn, puts the next in its place, and at the end the last", async () => {
    // 0 1 2 → 1; 0 3 2 → 2; 0 3 4 → 0; 4 3 → 3; 4
    assert.deepEqual(await orderOf(5, 3, drawing(0.5, 0.99, 0.1, 0.7, 0)), [1, 2, 0, 3, 4]);
  });

  it("gives each example once, at most a buffer earlier than it came, the same ones for the same keys", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 70 }),
        fc.integer(),
        async (count, size, seed) => {
          const order = await orderOf(count, size, createRandom(seed));
          assert.deepEqual(
            [...order].sort((a, b) => a - b),
            Array.from({ length: count }, (_, at) => at),
          );
          for (const [place, at] of order.entries()) assert.ok(at - place < size);
          assert.deepEqual(await orderOf(count, size, createRandom(seed)), order);
        },
      ),
    );
  });

  it("keeps the order with a buffer of one", async () => {
    assert.deepEqual(await orderOf(6, 1, createRandom(1)), [0, 1, 2, 3, 4, 5]);
  });

  it("gives each order as often where all fit in", async () => {
    const times = 3000;
    const counts = new Map<string, number>();
    for (let seed = 0; seed < times; seed++) {
      const order = String(await orderOf(3, 3, createRandom("orders", seed)));
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    assert.equal(counts.size, 6);
    const expected = times / 6;
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 5 degrees of freedom, p = 0.001.
    assert.ok(chiSquared < 20.5, String(chiSquared));
  });

  it("reads no more than its buffer and one ahead, and closes what it reads from", async () => {
    let read = 0;
    let closed = false;
    async function* counted(): AsyncGenerator<Example> {
      try {
        for await (const example of examples(100)) {
          read += 1;
          yield example;
        }
      } finally {
        closed = true;
      }
    }
    const shuffled = shuffle(counted(), 4, createRandom(1));
    for (let taken = 1; taken < 10; taken++) {
      await shuffled.next();
      assert.equal(read, 4 + taken);
    }
    assert.equal(closed, false);
    await shuffled.return();
    assert.equal(closed, true);
  });
});
