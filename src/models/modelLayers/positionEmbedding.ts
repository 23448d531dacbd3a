import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import type { WeightUnits } from "../../layers/weightUnits.ts";
import { firstShape, lengthOf, oneOf, register } from "./base.ts";

export interface PositionEmbeddingArgs {
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
    private positions: Tf.LayerVariable | undefined;

    constructor(args: PositionEmbeddingArgs = {}) {
      super(args as ConstructorParameters<typeof Tf.layers.Layer>[0]);
    }

    override build(inputShape: Tf.Shape | Tf.Shape[]): void {
      const shape = firstShape(inputShape);
      const count = lengthOf(shape, -2, "the number of positions");
      const width = lengthOf(shape, -1, "the number of features");
      const start = tf.initializers.randomNormal({ mean: 0, stddev: SPREAD });
      this.positions = this.addWeight("positions", [count, width], "float32", start);
      super.build(inputShape);
    }

    override call(inputs: Tf.Tensor | Tf.Tensor[]): Tf.Tensor {
      if (this.positions === undefined) throw new Error("the layer is not built");
      return tf.add(oneOf(inputs), this.positions.read());
    }
  }
  register(tf, PositionEmbedding);
  return (args?: PositionEmbeddingArgs): Tf.layers.Layer => new PositionEmbedding(args);
}
