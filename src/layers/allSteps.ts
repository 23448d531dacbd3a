/**
 * Layers that are applied to each step of a sequence, applied to all steps at once. TensorFlow.js 4.22.0 takes the sequence apart
 * and calls the layer step by step; what comes of it is the same, but for batch normalization, whose statistics would be
 * another batch's.
 */
import type * as Tf from "@tensorflow/tfjs";
import { allLayers } from "./inside.ts";
import { replaceCalls } from "./replaceCalls.ts";

/** From now on TimeDistributed layers, and those inside of others, do that. */
export function applyToAllSteps(tf: typeof Tf, layers: readonly Tf.layers.Layer[]): void {
  replaceCalls(layers, "TimeDistributed", (layer) => {
    const { layer: inner } = layer as unknown as { readonly layer: Tf.layers.Layer };
    const isOfBatches = [...allLayers([inner])].some((one) => one.getClassName() === "BatchNormalization");
    if (isOfBatches) return undefined;
    return (inputs, kwargs) =>
      tf.tidy(() => {
        const [x] = [inputs].flat();
        if (x === undefined) throw new Error("a layer has an input");
        const [count = 1, steps = 1, ...step] = x.shape;
        const [output] = [inner.call(tf.reshape(x, [count * steps, ...step]), kwargs)].flat();
        if (output === undefined) throw new Error(`${inner.name} gives nothing`);
        return tf.reshape(output, [count, steps, ...output.shape.slice(1)]);
      });
  });
}
