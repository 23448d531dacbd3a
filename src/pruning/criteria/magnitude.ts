import type { Criterion } from "./criterion.ts";

/** |W| (arXiv 1506.02626). */
export const magnitude: Criterion = { averages: [], compute: (tf, { weights }) => tf.abs(weights) };
