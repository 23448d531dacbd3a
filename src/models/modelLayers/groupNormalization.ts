import type * as Tf from "@tensorflow/tfjs";
import { createLayerNormalize } from "../../engine/normalize.ts";
import type { TF } from "../../engine/types.ts";
import type { WeightUnits } from "../../layers/weightUnits.ts";
import { firstShape, lengthOf, oneOf, register } from "./base.ts";

export interface GroupNormalizationArgs {
  /** Divide the channels, which are the last axis. */
  readonly groups: number;
  /** Added to the variance. */
  readonly epsilon?: number;
  readonly name?: string;
  readonly trainable?: boolean;
}

const EPSILON = 1e-5;

/** Each example's groups of channels to mean 0 and variance 1, scaled by `gamma` and shifted by `beta` (arXiv 1803.08494). */
export function createGroupNormalization(tf: TF) {
  const normalize = createLayerNormalize(tf);
  class GroupNormalization extends tf.layers.Layer {
    static readonly className: string = "GroupNormalization";
    static readonly weightUnits: WeightUnits = { gamma: { of: "channels", axis: 0 } };
    private readonly groups: number;
    private readonly epsilon: number;
    private gamma: Tf.LayerVariable | undefined;
    private beta: Tf.LayerVariable | undefined;

    constructor(args: GroupNormalizationArgs) {
      super(args as ConstructorParameters<typeof Tf.layers.Layer>[0]);
      this.groups = args.groups;
      this.epsilon = args.epsilon ?? EPSILON;
    }

    override build(inputShape: Tf.Shape | Tf.Shape[]): void {
      const channels = lengthOf(firstShape(inputShape), -1, "the number of channels");
      if (channels % this.groups !== 0)
        throw new Error(`${channels} channels cannot be divided into ${this.groups} groups`);
      this.gamma = this.addWeight("gamma", [channels], "float32", tf.initializers.ones());
      this.beta = this.addWeight("beta", [channels], "float32", tf.initializers.zeros());
      super.build(inputShape);
    }

    override call(inputs: Tf.Tensor | Tf.Tensor[]): Tf.Tensor {
      return tf.tidy(() => {
        const x = oneOf(inputs);
        if (this.gamma === undefined || this.beta === undefined) throw new Error("the layer is not built");
        const [count = 1] = x.shape;
        const channels = x.shape.at(-1) ?? 1;
        const shape = [1, 1, this.groups, channels / this.groups];
        const grouped = tf.reshape(x, [count, -1, this.groups, channels / this.groups]);
        const [gamma, beta] = [tf.reshape(this.gamma.read(), shape), tf.reshape(this.beta.read(), shape)];
        return tf.reshape(normalize(grouped, gamma, beta, [1, 3], this.epsilon), x.shape);
      });
    }

    override getConfig(): Tf.serialization.ConfigDict {
      return { ...super.getConfig(), groups: this.groups, epsilon: this.epsilon };
    }
  }
  register(tf, GroupNormalization);
  return (args: GroupNormalizationArgs): Tf.layers.Layer => new GroupNormalization(args);
}
