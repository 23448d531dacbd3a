import type { LayerKind } from "./layerKind.ts";

export const timeDistributed: LayerKind = {
  classes: ["TimeDistributed"],
  inside: ["layer"],
  flow: () => ({ how: "steps" }),
};
