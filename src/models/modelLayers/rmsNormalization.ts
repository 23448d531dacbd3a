import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import type { WeightUnits } from "../../layers/weightUnits.ts";
import { firstShape, lengthOf, oneOf, register } from "./base.ts";

export interface RmsNormalizationArgs {
  /** Added to the mean square. */
  readonly epsilon?: number;
  readonly name?: string;
  readonly trainable?: boolean;
}

const EPSILON = 1e-6;

/** Each position's features divided by their root mean square, and scaled by `gamma` (arXiv 1910.07467). */
export function createRmsNormalization(tf: TF) {
  class RmsNormalization extends tf.layers.Layer {
    static readonly className: string = "RmsNormalization";
    static readonly weightUnits: WeightUnits = { gamma: { of: "features", axis: 0 } };
    private readonly epsilon: number;
    private gamma: Tf.LayerVariable | undefined;

    constructor(args: RmsNormalizationArgs = {}) {
      super(args as ConstructorParameters<typeof Tf.layers.Layer>[0]);
      this.epsilon = args.epsilon ?? EPSILON;
    }

    override build(inputShape: Tf.Shape | Tf.Shape[]): void {
      const width = lengthOf(firstShape(inputShape), -1, "the number of features");
      this.gamma = this.addWeight("gamma", [width], "float32", tf.initializers.ones());
      super.build(inputShape);
    }

    override call(inputs: Tf.Tensor | Tf.Tensor[]): Tf.Tensor {
      return tf.tidy(() => {
        const x = oneOf(inputs);
        if (this.gamma === undefined) throw new Error("the layer is not built");
        const root = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), this.epsilon));
        return tf.mul(tf.mul(x, root), this.gamma.read());
      });
    }

    override getConfig(): Tf.serialization.ConfigDict {
      return { ...super.getConfig(), epsilon: this.epsilon };
    }
  }
  register(tf, RmsNormalization);
  return (args?: RmsNormalizationArgs): Tf.layers.Layer => new RmsNormalization(args);
}
