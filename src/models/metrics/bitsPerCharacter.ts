import type { NamedMetric } from "./metric.ts";
import { perplexity } from "./perplexity.ts";

/** Mean cross-entropy over all positions, in bits. */
export const bitsPerCharacter: NamedMetric = { ...perplexity, finish: (mean) => mean / Math.LN2 };
