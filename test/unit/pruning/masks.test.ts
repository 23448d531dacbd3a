import assert from "node:assert/strict";
import fc from "fast-check";
import {
  countAliveUnits,
  countRemaining,
  type MaskedWeights,
  pruneLowest,
  type Ranking,
  rankWeights,
  sparsityOf,
  summarizeLayers,
} from "../../../src/pruning/masks.ts";

function layer(
  name: string,
  shape: readonly number[],
  values: readonly number[],
  mask?: readonly number[],
): MaskedWeights {
  return {
    name,
    shape,
    values: Float32Array.from(values),
    mask: Float32Array.from(mask ?? values.map(() => 1)),
  };
}

function byMagnitude(layers: readonly MaskedWeights[], kind: "global" | "layer"): Ranking {
  return rankWeights(
    layers,
    layers.map(({ values }) => values.map(Math.abs)),
    kind,
  );
}

const anyLayers = fc.array(
  fc
    .array(fc.record({ value: fc.float({ min: -4, max: 4, noNaN: true }), keep: fc.constantFrom(0, 1, 1) }), {
      minLength: 1,
      maxLength: 40,
    })
    .map((weights) =>
      layer(
        "w",
        [weights.length],
        weights.map(({ value, keep }) => value * keep),
        weights.map(({ keep }) => keep),
      ),
    ),
  { minLength: 1, maxLength: 4 },
);

describe("masks", () => {
  it("counts the units that have a weight left", () => {
    // 2 inputs × 3 units; unit 1 has lost both of its weights.
    const columns = { count: 3, stride: 1, of: "units" } as const;
    assert.equal(countAliveUnits([{ mask: Float32Array.of(1, 0, 0, 1, 0, 1), units: columns }]), 2);
    const rows = { count: 2, stride: 3, of: "rows" } as const;
    assert.equal(countAliveUnits([{ mask: Float32Array.of(0, 0, 0, 1, 0, 1), units: rows }]), 1);
    const role = { units: columns, group: "fc", carriesInput: true };
    const [summary] = summarizeLayers([
      { ...layer("fc/kernel", [2, 3], [1, 0, 0, 1, 0, 1], [1, 0, 0, 1, 0, 1]), role },
    ]);
    assert.deepEqual(summary, {
      name: "fc/kernel",
      shape: [2, 3],
      total: 6,
      remaining: 3,
      sparsity: 0.5,
      units: columns,
      unitsAlive: 2,
      carriesInput: true,
    });
    assert.ok(summary);
    assert.equal(sparsityOf([summary, { total: 2, remaining: 2 }]), 1 - 5 / 8);
  });

  it("a unit is alive while one of the tensors that feed it has a weight left", () => {
    const units = { count: 2, stride: 1, of: "units" } as const;
    const tensor = (name: string, mask: readonly number[], group: string) => ({
      ...layer(name, [1, mask.length], mask, mask),
      role: { units, group, carriesInput: false },
    });
    const summaries = summarizeLayers([
      tensor("a/kernel", [1, 0, 0, 0], "a"),
      tensor("a/recurrent_kernel", [0, 0, 0, 1], "a"),
      tensor("b/kernel", [0, 0], "b"),
      layer("own/kernel", [2], [1, 1]),
    ]);
    assert.deepEqual(
      summaries.map((summary) => summary.unitsAlive),
      [2, 2, 0, undefined],
    );
    assert.ok(!("units" in (summaries[3] ?? {})));
  });

  it("puts a global threshold between the magnitudes of all layers", () => {
    const layers = [layer("a", [3], [0.1, -0.2, 3]), layer("b", [2], [0.15, -4])];
    const { threshold, masks } = pruneLowest(layers, byMagnitude(layers, "global"), 0.4);
    assert.equal(threshold, Math.fround(0.2));
    assert.deepEqual(
      masks.map((mask) => [...mask]),
      [
        [0, 1, 1],
        [0, 1],
      ],
    );
  });

  it("measures each layer in its own root mean square with `layer`", () => {
    // rms of a = 10 · rms of b: the same ranks in both, though every weight of b is smaller than every one of a.
    const layers = [layer("a", [2], [10, 20]), layer("b", [2], [1, 2])];
    const { masks } = pruneLowest(layers, byMagnitude(layers, "layer"), 0.5);
    assert.deepEqual(
      masks.map((mask) => [...mask]),
      [
        [0, 1],
        [0, 1],
      ],
    );
  });

  it("goes by the importance that it is given, not by the magnitude", () => {
    const layers = [layer("a", [3], [1, 2, 3])];
    const ranking = rankWeights(layers, [Float32Array.of(3, 1, 2)], "global");
    assert.deepEqual([...(pruneLowest(layers, ranking, 1 / 3).masks[0] ?? [])], [1, 0, 1]);
  });

  it("takes the first of equal weights, as many as the fraction asks for", () => {
    const layers = [layer("a", [3], [0, 0, 1]), layer("b", [3], [0, 0, 2])];
    const { threshold, masks } = pruneLowest(layers, byMagnitude(layers, "global"), 0.5);
    assert.equal(threshold, 0);
    assert.deepEqual(
      masks.map((mask) => [...mask]),
      [
        [0, 0, 1],
        [0, 1, 1],
      ],
    );
  });

  for (const kind of ["global", "layer"] as const) {
    it(`prunes the fraction in whole weights, brings none back, keeps the larger ones and at least one (${kind})`, () => {
      fc.assert(
        fc.property(anyLayers, fc.double({ min: 0, max: 1, noNaN: true }), (layers, fraction) => {
          const remaining = layers.reduce((sum, one) => sum + countRemaining(one.mask), 0);
          const { masks } = pruneLowest(layers, byMagnitude(layers, kind), fraction);
          const left = masks.reduce((sum, mask) => sum + countRemaining(mask), 0);
          const wanted = Math.max(0, Math.min(remaining - 1, Math.round(fraction * remaining)));
          assert.equal(remaining - left, wanted);
          for (const [i, one] of layers.entries()) {
            const mask = masks[i] ?? new Float32Array(0);
            let smallestKept = Number.POSITIVE_INFINITY;
            let largestPruned = 0;
            for (const [j, keep] of mask.entries()) {
              assert.ok(keep <= (one.mask[j] ?? 0));
              const size = Math.abs(one.values[j] ?? 0);
              if (keep === 1) smallestKept = Math.min(smallestKept, size);
              else if (one.mask[j] === 1) largestPruned = Math.max(largestPruned, size);
            }
            assert.ok(largestPruned <= smallestKept);
          }
        }),
        { seed: 7, numRuns: 300 },
      );
    });
  }
});
