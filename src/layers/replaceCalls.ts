/** Layers of a built model that compute in another way than TensorFlow.js has it. */
import type * as Tf from "@tensorflow/tfjs";
import { allLayers } from "./inside.ts";

type Layer = Tf.layers.Layer;
type Call = Layer["call"];

/**
 * From now on the layers of a class, and those inside of others, compute by what `replace` gives for each of them.
 * @param replace told what the layer computes by until now; undefined leaves it at that
 */
export function replaceCalls(
  layers: readonly Layer[],
  className: string,
  replace: (layer: Layer, plain: Call) => Call | undefined,
): void {
  for (const layer of allLayers(layers)) {
    if (layer.getClassName() !== className) continue;
    const call = replace(layer, layer.call.bind(layer));
    if (call !== undefined) layer.call = call;
  }
}
