import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import type { WeightUnits } from "../../layers/weightUnits.ts";
import { checkLength, firstShape, lengthOf, oneOf, register } from "./base.ts";

export interface PositionEmbeddingArgs {
  /** Of the longest sequence; by default as many as what it is applied to has. */
  readonly positions?: number;
  readonly name?: string;
  readonly trainable?: boolean;
}

/** Deviation at the start, as vision transformers have it (arXiv 2010.11929). */
const SPREAD = 0.02;

/** `[batch, positions, width]`, with a learned vector of its own added at each position. */
export function createPositionEmbedding(tf: TF) {
  class PositionEmbedding extends tf.layers.Layer {
    static readonly className: string = "PositionEmbedding";
    static readonly weightUnits: WeightUnits = { positions: { of: "rows", axis: 0 } };
    private readonly args: PositionEmbeddingArgs;
    private positions: Tf.LayerVariable | undefined;

    constructor(args: PositionEmbeddingArgs = {}) {
      super(args as ConstructorParameters<typeof Tf.layers.Layer>[0]);
      this.args = args;
    }

    override build(inputShape: Tf.Shape | Tf.Shape[]): void {
      const shape = firstShape(inputShape);
      // A stored configuration says null.
      const count = this.args.positions ?? lengthOf(shape, -2, "the number of positions");
      checkLength(this, shape.at(-2), count);
      const width = lengthOf(shape, -1, "the number of features");
      const start = tf.initializers.randomNormal({ mean: 0, stddev: SPREAD });
      this.positions = this.addWeight("positions", [count, width], "float32", start);
      super.build(inputShape);
    }

    override call(inputs: Tf.Tensor | Tf.Tensor[]): Tf.Tensor {
      return tf.tidy(() => {
        if (this.positions === undefined) throw new Error("the layer is not built");
        const [x, positions] = [oneOf(inputs), this.positions.read()];
        const [length = 1, width = 1] = x.shape.slice(-2);
        checkLength(this, length, positions.shape[0] ?? 0);
        return tf.add(x, length === positions.shape[0] ? positions : tf.slice(positions, [0, 0], [length, width]));
      });
    }

    override getConfig(): Tf.serialization.ConfigDict {
      return { ...super.getConfig(), positions: this.args.positions ?? null };
    }
  }
  register(tf, PositionEmbedding);
  return (args?: PositionEmbeddingArgs): Tf.layers.Layer => new PositionEmbedding(args);
}
