import type { Method } from "./method.ts";

/** R = 0: plain pruning. */
export const none: Method = {
  reads: () => undefined,
  irrelevance: () => 0,
  gradient: () => undefined,
  shrink: (_tf, { weights }) => weights,
};
