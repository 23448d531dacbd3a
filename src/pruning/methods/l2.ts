import { quadratic } from "./method.ts";

/** I = 1: an L2 term, or weight decay as in AdamW (arXiv 1711.05101) where the shrinking is decoupled. */
export const l2 = quadratic({ reads: () => undefined, factor: () => 1 });
