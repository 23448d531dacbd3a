import type { LayerKind } from "./layerKind.ts";

/** Runs a cell over time; the weights are the cell's. */
export const recurrent: LayerKind = {
  classes: ["RNN", "SimpleRNN", "GRU", "LSTM", "ConvLSTM2D"],
  inside: ["cell"],
  // Of a convolutional one the borders count as zeros in every step; of a cell of the user's own nothing is known.
  flow: ({ config, inputs }) =>
    typeof config["units"] === "number" && inputs.length === 1 && config["stateful"] !== true
      ? { how: "recur", size: "units" }
      : undefined,
};
