import { isLastAxis } from "./flow.ts";
import type { LayerKind } from "./layerKind.ts";

export const batchNormalization: LayerKind = {
  classes: ["BatchNormalization"],
  weights: {
    gamma: { axes: ["output"], feeds: { of: "channels", by: ["output"] }, carriesInput: true },
    beta: { axes: ["output"] },
    moving_mean: { axes: ["output"] },
    moving_variance: { axes: ["output"] },
  },
  flow: (context) => (isLastAxis(context.config["axis"], context) ? { how: "each", scale: "gamma" } : undefined),
};
