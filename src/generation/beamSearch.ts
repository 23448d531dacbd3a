/**
 * Beam search over a model that writes: for each example the likeliest beginnings go on, token by token, until as many ends are found.
 * One beam is greedy search. The end's score is its log-probability, divided by its length to the power of a penalty.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../engine/types.ts";
import { SPECIAL } from "../language/tokenizer.ts";
import type { Writer } from "./writer.ts";

export interface BeamOptions {
  /** Beginnings kept of an example, and ends after which it is done. */
  readonly beams: number;
  /** Exponent α of the length, ends included, that log-probabilities are divided by. */
  readonly lengthPenalty: number;
  /** Most tokens. */
  readonly length: number;
  /** Ids are 0 … vocabulary − 1, whatever else the model has outputs for. */
  readonly vocabulary: number;
}

export interface Written {
  /** Without begin and end. */
  readonly ids: readonly number[];
  /** Sum of the log-probabilities of its tokens, the end included, over length^α. */
  readonly score: number;
}

interface Beginning {
  readonly example: number;
  readonly ids: readonly number[];
  readonly total: number;
}

/** Says nothing, so it is never written. */
const NEVER: readonly number[] = [SPECIAL.padding, SPECIAL.unknown, SPECIAL.begin];
const IMPOSSIBLE = -1e9;

/** @param count examples that `writer` has read, or beginnings without a source @returns the best end of each */
export function searchBeams(tf: TF, writer: Writer, count: number, options: BeamOptions): readonly Written[] {
  const { beams, length } = options;
  const ends = Array.from({ length: count }, (): Written[] => []);
  const best = createBest(tf, writer, options);
  let live: readonly Beginning[] = ends.map((_, example) => ({ example, ids: [], total: 0 }));
  let [tokens, parents] = [new Int32Array(count).fill(SPECIAL.begin), Int32Array.from(ends.keys())];
  for (let position = 0; position < length && live.length > 0; position++) {
    const { values, indices, each } = best.next(tokens, parents);
    const next: { readonly beginning: Beginning; readonly token: number; readonly parent: number }[] = [];
    for (let from = 0; from < live.length; ) {
      const example = live[from]?.example ?? 0;
      let to = from;
      while (live[to]?.example === example) to += 1;
      const found = candidates(live, from, to, { values, indices, each });
      const own = ends[example] ?? [];
      let [kept, seen] = [0, 0];
      for (const { parent, token, total } of found) {
        const { ids } = live[parent] ?? { ids: [] };
        // An end counts only where it is among the best.
        if (token === SPECIAL.end) {
          if (seen < beams) own.push({ ids, score: total / (ids.length + 1) ** options.lengthPenalty });
        } else if (kept < beams) {
          next.push({ beginning: { example, ids: [...ids, token], total }, token, parent });
          kept += 1;
        }
        seen += 1;
      }
      if (own.length >= beams) next.splice(next.length - kept, kept);
      from = to;
    }
    live = next.map(({ beginning }) => beginning);
    [tokens, parents] = [Int32Array.from(next, ({ token }) => token), Int32Array.from(next, ({ parent }) => parent)];
  }
  best.dispose();
  // Cut off where it is too long.
  for (const { example, ids, total } of live) {
    ends[example]?.push({ ids, score: total / ids.length ** options.lengthPenalty });
  }
  return ends.map((of) => of.reduce((best, one) => (one.score > best.score ? one : best)));
}

/** The likeliest ways to go on, the best first; of equal ones the first. */
function candidates(live: readonly Beginning[], from: number, to: number, { values, indices, each }: Best) {
  const found: { readonly parent: number; readonly token: number; readonly total: number }[] = [];
  for (let parent = from; parent < to; parent++) {
    for (let at = parent * each; at < (parent + 1) * each; at++) {
      found.push({ parent, token: indices[at] ?? 0, total: (live[parent]?.total ?? 0) + (values[at] ?? 0) });
    }
  }
  return found.sort((a, b) => b.total - a.total).slice(0, each);
}

interface Best {
  /** Log-probabilities, `each` a row, the largest first. */
  readonly values: ArrayLike<number>;
  readonly indices: ArrayLike<number>;
  readonly each: number;
}

function createBest(tf: TF, writer: Writer, { beams, vocabulary }: BeamOptions) {
  let barred: Tf.Tensor1D | undefined;
  return {
    next(tokens: Int32Array, parents: Int32Array): Best {
      const scores = writer.next(tokens, parents);
      const width = scores.shape[1];
      // With as many ends among them there are still enough others.
      const each = Math.min(2 * beams, width);
      const isBarred = (id: number): boolean => id >= vocabulary || NEVER.includes(id);
      barred ??= tf.tensor1d(Array.from({ length: width }, (_, id) => (isBarred(id) ? IMPOSSIBLE : 0)));
      const possible = tf.add(scores, barred);
      const best = tf.topk(possible, each);
      const read = { values: best.values.dataSync(), indices: best.indices.dataSync(), each };
      tf.dispose([scores, possible, best.values, best.indices]);
      return read;
    },
    dispose: () => barred?.dispose(),
  };
}
