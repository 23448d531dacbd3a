import type { LayerKind } from "./layerKind.ts";

export const flatten: LayerKind = {
  classes: ["Flatten"],
  flow: ({ config }) => (config["dataFormat"] === "channelsFirst" ? undefined : { how: "reshape" }),
};

export const reshape: LayerKind = { classes: ["Reshape"], flow: () => ({ how: "reshape", size: "targetShape" }) };
