/** Masks of time steps, which ONNX does not have. */
import { makesMask } from "../../layers/makesMask.ts";
import type { Layer } from "./layerCall.ts";
import { unsupportedLayer } from "./layerCall.ts";

const READERS: ReadonlySet<string> = new Set([
  "SimpleRNN",
  "GRU",
  "LSTM",
  "RNN",
  "ConvLSTM2D",
  "Bidirectional",
  "Softmax",
]);

/** @throws WhittleError (usage) where a mask is made that a layer of the model reads */
export function checkMasks(layers: ReadonlySet<Layer>): void {
  const all = [...layers];
  const maker = all.find(makesMask);
  const reader = all.find((layer) => READERS.has(layer.getClassName()));
  if (maker === undefined || reader === undefined) return;
  throw unsupportedLayer(maker, `masks time steps for layer "${reader.name}", which ONNX has no form for`);
}
