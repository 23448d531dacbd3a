/**
 * Dense layers as a product of two matrices, a sum and the activation. TensorFlow.js 4.22.0 asks for one fused operation,
 * which its native backend takes apart again, with a batch of one around each matrix.
 */
import type * as Tf from "@tensorflow/tfjs";
import { replaceCalls } from "./replaceCalls.ts";

/** Of TensorFlow.js's `Dense`. */
interface Dense {
  readonly kernel: { read(): Tf.Tensor };
  readonly bias?: { read(): Tf.Tensor } | null;
  readonly activation?: { apply(x: Tf.Tensor): Tf.Tensor } | null;
}

/** From now on dense layers, and those inside of others, compute like that. */
export function multiplyPlainly(tf: typeof Tf, layers: readonly Tf.layers.Layer[]): void {
  replaceCalls(layers, "Dense", (layer, plain) => {
    const own = layer as unknown as Dense;
    return (inputs, kwargs) => {
      const [x] = [inputs].flat();
      if (x === undefined || x.rank < 2) return plain(inputs, kwargs);
      return tf.tidy(() => {
        const kernel = own.kernel.read() as Tf.Tensor2D;
        const [features = 1, units = 1] = kernel.shape;
        const product = tf.matMul(tf.reshape(x, [x.size / features, features]) as Tf.Tensor2D, kernel);
        const sum = own.bias ? tf.add(product, own.bias.read()) : product;
        const shaped = tf.reshape(sum, [...x.shape.slice(0, -1), units]);
        return own.activation ? own.activation.apply(shaped) : shaped;
      });
    };
  });
}
