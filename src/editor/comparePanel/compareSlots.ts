/** Which place in the palette each run of a comparison panel has. */
import type { ComparePanelState } from "../../protocol/comparePanel.ts";
import type { Run } from "../../runs/files/layout.ts";

/** Runs that were there keep their place in the palette; others get the first free ones. */
export function assignSlots(runs: readonly Run[], before: ComparePanelState["runs"]): ComparePanelState["runs"] {
  const known = new Map(before.map(({ dir, slot }) => [dir, slot]));
  const taken = new Set(runs.flatMap((run) => known.get(run.dir) ?? []));
  return runs.map(({ dir }) => {
    let slot = known.get(dir);
    for (let free = 0; slot === undefined; free += 1) {
      slot = taken.has(free) ? undefined : free;
    }
    taken.add(slot);
    return { dir, slot };
  });
}
