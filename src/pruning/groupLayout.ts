/** How the weights of tensors fall to groups that live and go together: a neuron's, a filter's, a head's. */

/**
 * Of each weight of a tensor the number of its group; −1 belongs to none, and stays. Tensors share the numbers: a neuron's
 * bias has that of its column.
 */
export type Groups = Int32Array;

export interface GroupedTensor {
  readonly name: string;
  readonly groups: Groups;
}

/** Seen as [repeats, places, each], all weights with the same middle index are of one group. */
export interface GroupLayout {
  readonly repeats: number;
  readonly each: number;
  /** Of each place the index of its group in the family; −1 for none. */
  readonly places: Int32Array;
}

/** Groups of tensors that share some, by which relevance is compared: a layer's, or those of layers whose units are the same. */
export interface GroupFamily {
  readonly name: string;
  readonly count: number;
  /** Weights of each group. */
  readonly sizes: Int32Array;
  /** By tensor. */
  readonly layouts: ReadonlyMap<string, GroupLayout>;
}

interface LaidOut {
  readonly name: string;
  /** Its places have groups' own numbers. */
  readonly layout: GroupLayout;
}

/** @returns in the order of the tensors, as their layouts are in each */
export function findFamilies(tensors: readonly GroupedTensor[]): readonly GroupFamily[] {
  const laidOut = tensors.map(({ name, groups }): LaidOut => ({ name, layout: layOut(groups) }));
  const relativesOf = new Map<number, ReadonlySet<LaidOut>>();
  for (const tensor of laidOut) {
    const groups = tensor.layout.places.filter((group) => group !== -1);
    const relatives = new Set([tensor, ...[...groups].flatMap((group) => [...(relativesOf.get(group) ?? [])])]);
    for (const { layout } of relatives) {
      for (const group of layout.places) if (group !== -1) relativesOf.set(group, relatives);
    }
  }
  return [...new Set(relativesOf.values())].map((relatives) =>
    toFamily(laidOut.filter((tensor) => relatives.has(tensor))),
  );
}

function toFamily(members: readonly LaidOut[]): GroupFamily {
  const indices = new Map<number, number>();
  const indexOf = (group: number): number => {
    if (group === -1) return -1;
    const index = indices.get(group) ?? indices.size;
    indices.set(group, index);
    return index;
  };
  const layouts = new Map(
    members.map(({ name, layout }) => [name, { ...layout, places: layout.places.map(indexOf) }] as const),
  );
  const sizes = new Int32Array(indices.size);
  for (const { repeats, each, places } of layouts.values()) {
    for (const index of places) if (index !== -1) sizes[index] = (sizes[index] ?? 0) + repeats * each;
  }
  return { name: [...layouts.keys()].join("+"), count: indices.size, sizes, layouts };
}

/** The layout with the fewest places, which have groups' own numbers. */
function layOut(groups: Groups): GroupLayout {
  let each = groups.length;
  for (let at = 1; at < groups.length; at++) if (groups[at] !== groups[at - 1]) each = greatestDivisor(each, at);
  const runs = Int32Array.from({ length: groups.length / each }, (_, run) => groups[run * each] ?? -1);
  const isPeriod = (length: number): boolean =>
    runs.length % length === 0 && runs.every((group, at) => at < length || group === runs[at - length]);
  let period = 1;
  while (!isPeriod(period)) period += 1;
  return { repeats: runs.length / period, each, places: runs.slice(0, period) };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
