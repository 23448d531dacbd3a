import type { LayerKind } from "./layerKind.ts";

/** Runs a cell over time; the weights are the cell's. */
export const recurrent: LayerKind = { classes: ["RNN", "SimpleRNN", "GRU", "LSTM", "ConvLSTM2D"], inside: ["cell"] };
