import type { LayerKind } from "./layerKind.ts";

export const bidirectional: LayerKind = {
  classes: ["Bidirectional"],
  inside: ["forwardLayer", "backwardLayer"],
  flow: ({ config }) => ({ how: "directions", merge: (config["mergeMode"] ?? null) as string | null }),
};
