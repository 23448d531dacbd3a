/**
 * Which positions of which axes belong to one unit: they stay or go together. A union-find structure over numbers that stand for
 * positions along axes.
 */
export interface UnitIds {
  /** New units, each of one position. */
  fresh(count: number): Int32Array;
  /** Position by position. */
  join(a: Int32Array, b: Int32Array): void;
  /** They stay. */
  pin(ids: Int32Array): void;
  /** The number that all positions of a unit share. */
  unitOf(id: number): number;
  isPinned(id: number): boolean;
}

export function createUnitIds(): UnitIds {
  const parents: number[] = [];
  const pinned = new Set<number>();
  const unitOf = (id: number): number => {
    let root = id;
    while (parents[root] !== root) root = parents[root] ?? root;
    for (let at = id; at !== root; ) {
      const next = parents[at] ?? root;
      parents[at] = root;
      at = next;
    }
    return root;
  };
  return {
    fresh: (count) => Int32Array.from({ length: count }, () => parents.push(parents.length) - 1),
    join(a, b) {
      if (a.length !== b.length) throw new Error(`${a.length} features meet ${b.length}`);
      for (const [index, id] of a.entries()) {
        const [one, other] = [unitOf(id), unitOf(b[index] ?? id)];
        parents[other] = one;
        if (pinned.has(other)) pinned.add(one);
      }
    },
    pin(ids) {
      for (const id of ids) pinned.add(unitOf(id));
    },
    unitOf,
    isPinned: (id) => pinned.has(unitOf(id)),
  };
}
