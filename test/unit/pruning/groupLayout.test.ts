import assert from "node:assert/strict";
import fc from "fast-check";
import { findFamilies } from "../../../src/pruning/groupLayout.ts";

const tensor = (name: string, groups: readonly number[]) => ({ name, groups: Int32Array.from(groups) });

/** Groups as they lie along an axis: the places over and over, each for some neighbours. */
const anyGroups = fc
  .record({
    places: fc.array(fc.integer({ min: -1, max: 9 }), { minLength: 1, maxLength: 6 }),
    each: fc.integer({ min: 1, max: 3 }),
    repeats: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ places, each, repeats }) =>
    Array.from({ length: repeats }, () => places.flatMap((group) => new Array<number>(each).fill(group))).flat(),
  );

describe("groups of weights", () => {
  it("lie along an axis: as few places as there can be", () => {
    const [family] = findFamilies([tensor("kernel", [0, 1, 2, 0, 1, 2]), tensor("rows", [2, 2, 0, 0, 1, 1])]);
    assert.deepEqual([...(family?.sizes ?? [])], [4, 4, 4]);
    assert.deepEqual(family?.layouts.get("kernel"), { repeats: 2, each: 1, places: Int32Array.of(0, 1, 2) });
    assert.deepEqual(family?.layouts.get("rows"), { repeats: 1, each: 2, places: Int32Array.of(2, 0, 1) });
  });

  it("are of one family where tensors share them, also by a third one", () => {
    const tensors = [
      tensor("a", [0, 1]),
      tensor("b", [5, -1]),
      tensor("c", [2, 3]),
      tensor("d", [1, 2]),
      tensor("e", [-1, -1]),
    ];
    assert.deepEqual(
      findFamilies(tensors).map(({ count, layouts }) => [count, [...layouts.keys()]]),
      [
        [4, ["a", "c", "d"]],
        [1, ["b"]],
      ],
    );
  });

  it("are those that were given, by whatever layout", () => {
    fc.assert(
      fc.property(fc.array(anyGroups, { minLength: 1, maxLength: 5 }), (all) => {
        const tensors = all.map((groups, index) => tensor(`t${index}`, groups));
        const homes = new Map<number, string>();
        const sizes = new Map<string, number>();
        for (const family of findFamilies(tensors)) {
          for (const [name, { repeats, each, places }] of family.layouts) {
            const { groups } = tensors.find((one) => one.name === name) ?? tensor("", []);
            assert.equal(groups.length, repeats * each * places.length);
            for (const [at, group] of groups.entries()) {
              const index = places[Math.floor(at / each) % places.length] ?? -1;
              if (group === -1) {
                assert.equal(index, -1);
                continue;
              }
              const home = `${family.name} ${index}`;
              assert.equal(homes.get(group) ?? home, home);
              homes.set(group, home);
              sizes.set(home, (sizes.get(home) ?? 0) + 1);
            }
          }
          for (const [index, size] of family.sizes.entries()) assert.equal(sizes.get(`${family.name} ${index}`), size);
        }
        assert.equal(new Set(homes.values()).size, homes.size);
        const given = new Set(all.flat());
        given.delete(-1);
        assert.deepEqual(new Set(homes.keys()), given);
      }),
      { seed: 10, numRuns: 300 },
    );
  });
});
