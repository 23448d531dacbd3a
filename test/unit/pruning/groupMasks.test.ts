import assert from "node:assert/strict";
import fc from "fast-check";
import { type GroupedMask, pruneLowestGroups, rankGroups } from "../../../src/pruning/groupMasks.ts";
import { countRemaining, type MaskedWeights, scoreWeights } from "../../../src/pruning/masks.ts";

type GroupedWeights = MaskedWeights & GroupedMask;

function layer(
  name: string,
  values: readonly number[],
  groups: readonly number[],
  mask?: readonly number[],
): GroupedWeights {
  return {
    name,
    shape: [values.length],
    values: Float32Array.from(values),
    mask: Float32Array.from(mask ?? values.map(() => 1)),
    groups: Int32Array.from(groups),
  };
}

function prune(layers: readonly GroupedWeights[], fraction: number, kind: "global" | "layer" = "global") {
  const importance = layers.map(({ values }) => values.map(Math.abs));
  const ranking = rankGroups(layers, scoreWeights(layers, importance, kind));
  return pruneLowestGroups(layers, ranking, fraction);
}

const masksOf = (...args: Parameters<typeof prune>) => prune(...args).masks.map((mask) => [...mask]);

/** Tensors over shared groups of which some are gone already, as pruning leaves them: whole ones. */
const anyLayers = fc
  .record({
    dead: fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { maxLength: 3 }),
    tensors: fc.array(
      fc.array(fc.record({ value: fc.integer({ min: -4, max: 4 }), group: fc.integer({ min: -1, max: 7 }) }), {
        minLength: 1,
        maxLength: 30,
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ dead, tensors }) =>
    tensors.map((weights, index) => {
      const groups = weights.map(({ group }) => group);
      const mask = groups.map((group) => (dead.includes(group) ? 0 : 1));
      return layer(
        `w${index}`,
        weights.map(({ value }, at) => value * (mask[at] ?? 0)),
        groups,
        mask,
      );
    }),
  );

/** The same by the words of the documentation, group by group. */
function pruneByHand(layers: readonly GroupedWeights[], fraction: number): Set<number> {
  const every = layers.flatMap(({ values, groups, mask }, index) =>
    [...values].map((value, at) => ({ index, value, group: groups[at] ?? -1, keep: mask[at] })),
  );
  const alive = every.filter(({ keep }) => keep === 1);
  const goal = Math.round(fraction * alive.length);
  const norm = (group: number): number => {
    const own = alive.filter((each) => each.group === group);
    return Math.sqrt(own.reduce((sum, { value }) => sum + value ** 2, 0) / own.length);
  };
  const numbers = [...new Set(alive.map(({ group }) => group))].filter((group) => group !== -1);
  const ascending = numbers.sort((one, other) => norm(one) - norm(other) || one - other);
  const gone = new Set<number>();
  for (const group of ascending) {
    if (alive.filter((each) => gone.has(each.group)).length >= goal) break;
    const isLast = layers.some((_, index) => {
      const left = new Set(
        alive.filter((each) => each.index === index && !gone.has(each.group)).map((each) => each.group),
      );
      left.delete(-1);
      return left.has(group) && left.size === 1;
    });
    if (!isLast) gone.add(group);
  }
  return gone;
}

describe("masks of groups", () => {
  it("count what is multiplied with a group that goes as gone, and leave its mask alone", () => {
    const first = layer("first", [1, 2, 3, 4, 1, 2, 3, 4], [0, 1, 2, 3, 0, 1, 2, 3]);
    const second = {
      ...layer("second", Array(8).fill(9), [4, 5, 4, 5, 4, 5, 4, 5]),
      reads: Int32Array.of(0, 0, 1, 1, 2, 2, 3, 3),
    };
    // Two weights each, and the two that read it: half of the sixteen are those of two groups.
    assert.deepEqual(masksOf([first, second], 0.5), [
      [0, 0, 1, 1, 0, 0, 1, 1],
      [1, 1, 1, 1, 1, 1, 1, 1],
    ]);
    assert.deepEqual(masksOf([first, { ...second, reads: undefined }], 0.5)[0], [0, 0, 0, 1, 0, 0, 0, 1]);
  });

  it("takes the group with the smallest root mean square, in all tensors that it is part of", () => {
    // Root mean squares: 1 of six weights, 2 of three, 3 of three; norms would say 2.4, 3.5, 5.2.
    const kernel = layer("kernel", [1, 2, 3, 1, -2, -3], [0, 1, 2, 0, 1, 2]);
    const bias = layer("bias", [1, 2, 3], [0, 1, 2]);
    const more = layer("more", [1, 1, 1], [0, 0, 0]);
    assert.deepEqual(masksOf([kernel, bias], 0.2), [
      [0, 1, 1, 0, 1, 1],
      [0, 1, 1],
    ]);
    assert.equal(prune([kernel, bias], 0.2).threshold, 2);
    // The only group of a tensor stays, and the next one goes.
    assert.deepEqual(masksOf([kernel, bias, more], 0.2), [
      [1, 0, 1, 1, 0, 1],
      [1, 0, 1],
      [1, 1, 1],
    ]);
  });

  it("takes as few groups as have the fraction, and none for a fraction below half a weight", () => {
    const one = layer("w", [1, 2, 3, 4], [0, 1, 2, 3]);
    assert.deepEqual(masksOf([one], 0.5), [[0, 0, 1, 1]]);
    assert.deepEqual(masksOf([one], 0.51), [[0, 0, 1, 1]]);
    assert.deepEqual(masksOf([one], 0.63), [[0, 0, 0, 1]]);
    assert.deepEqual(masksOf([one], 0.1), [[1, 1, 1, 1]]);
    const pairs = layer("w", [1, 1, 2, 2, 3, 3], [0, 0, 1, 1, 2, 2]);
    assert.deepEqual(masksOf([pairs], 0.5), [[0, 0, 0, 0, 1, 1]]);
  });

  it("leaves weights of no group, and the last group of each tensor", () => {
    const one = layer("a", [0, 0, 0], [-1, 0, 1]);
    const other = layer("b", [5, 6], [2, 3]);
    assert.deepEqual(masksOf([one, other], 1), [
      [1, 0, 1],
      [0, 1],
    ]);
  });

  it("measures each tensor in its own root mean square with `layer`", () => {
    const layers = [layer("a", [10, 20, 30], [0, 1, 2]), layer("b", [1, 2, 3], [3, 4, 5])];
    assert.deepEqual(masksOf(layers, 1 / 3), [
      [1, 1, 1],
      [0, 0, 1],
    ]);
    assert.deepEqual(masksOf(layers, 1 / 3, "layer"), [
      [0, 1, 1],
      [0, 1, 1],
    ]);
  });

  it("prunes whole groups by their norms, as the plain words say, and brings none back", () => {
    fc.assert(
      fc.property(anyLayers, fc.double({ min: 0, max: 1, noNaN: true }), (layers, fraction) => {
        const gone = pruneByHand(layers, fraction);
        const { masks } = prune(layers, fraction);
        for (const [index, { mask, groups }] of layers.entries()) {
          for (const [at, group] of groups.entries()) {
            const expected = gone.has(group) ? 0 : (mask[at] ?? 1);
            assert.equal(masks[index]?.[at], expected, `${index} ${at}`);
          }
        }
      }),
      { seed: 8, numRuns: 400 },
    );
  });

  it("reaches the fraction where no group has to stay, and passes it by less than one group", () => {
    const anySizes = fc.array(
      fc.record({ size: fc.integer({ min: 1, max: 9 }), value: fc.integer({ min: 1, max: 99 }) }),
      {
        minLength: 2,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(anySizes, fc.double({ min: 0, max: 1, noNaN: true }), (sizes, part) => {
        const groups = sizes.flatMap(({ size }, number) => new Array<number>(size).fill(number));
        const one = layer(
          "w",
          groups.map((number) => sizes[number]?.value ?? 0),
          groups,
        );
        const largest = Math.max(...sizes.map(({ size }) => size));
        const most = groups.length - largest;
        const goal = Math.floor(part * most);
        const pruned = groups.length - countRemaining(prune([one], goal / groups.length).masks[0] ?? one.mask);
        assert.ok(pruned >= goal && pruned < goal + largest, `${pruned} of ${goal}`);
      }),
      { seed: 9, numRuns: 300 },
    );
  });
});
