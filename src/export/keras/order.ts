/**
 * The order in which Keras 3 keeps the layers of a functional model, which it counts its saved weights in
 * (keras/src/ops/function.py, map_graph): by how far they are from the outputs, then by when they are met on the way from
 * the outputs to the inputs.
 */

/** A call of a layer by the layer's name and the number of the call. */
export type CallKey = `${string}:${number}`;

export interface Call {
  readonly layer: string;
  /** The calls that its tensors come from, in order; none of an input. */
  readonly from: readonly CallKey[];
}

/** @param outputs the calls that the outputs come from @returns names of all layers that these need */
export function kerasOrder(calls: ReadonlyMap<CallKey, Call>, outputs: readonly CallKey[]): readonly string[] {
  const met = new Map<string, number>();
  const { sorted } = walk(calls, outputs, met);
  const callDepths = new Map<CallKey, number>();
  const depths = new Map<string, number>();
  for (const key of sorted.reverse()) {
    const call = calls.get(key);
    if (call === undefined) continue;
    const depth = Math.max(callDepths.get(key) ?? 0, depths.get(call.layer) ?? 0);
    depths.set(call.layer, depth);
    callDepths.set(key, depth);
    for (const from of call.from) callDepths.set(from, Math.max(depth + 1, callDepths.get(from) ?? 0));
  }
  const index = (layer: string): number => met.get(layer) ?? 0;
  return [...depths.keys()].sort(
    (one, other) => (depths.get(other) ?? 0) - (depths.get(one) ?? 0) || index(one) - index(other),
  );
}

/** Depth first without recursion: models may be deep. @param met is filled with when each layer was met first */
function walk(calls: ReadonlyMap<CallKey, Call>, outputs: readonly CallKey[], met: Map<string, number>) {
  const sorted: CallKey[] = [];
  const seen = new Set<CallKey>();
  for (const output of outputs) {
    const stack = [{ key: output, next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const { key } = top;
      const call = calls.get(key);
      if (top.next === 0) {
        if (seen.has(key) || call === undefined) {
          stack.pop();
          continue;
        }
        seen.add(key);
        if (!met.has(call.layer)) met.set(call.layer, met.size);
      }
      const from = call?.from[top.next++];
      if (from !== undefined) stack.push({ key: from, next: 0 });
      else {
        sorted.push(key);
        stack.pop();
      }
    }
  }
  return { sorted };
}
