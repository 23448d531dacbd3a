import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import type { WeightUnits } from "../../layers/weightUnits.ts";
import { checkLength, firstShape, oneOf, register } from "./base.ts";

export interface TokenEmbeddingArgs {
  /** Ids are 0 … vocabulary − 1. */
  readonly vocabulary: number;
  readonly width: number;
  /** Where positions are told apart, of the longest sequence. */
  readonly positions?: number;
  readonly name?: string;
  readonly trainable?: boolean;
}

/** Ids have a batch and positions. */
const isFeatures = (shape: Tf.Shape): boolean => shape.length === 3;

/** Half of what the normal distribution of width 0.05 spans, as Keras initializes embeddings. */
const SPREAD = 0.05;

/**
 * Applied to ids `[batch, positions]`: `[batch, positions, width]`, a row for each id, and, where asked for, one for each position added.
 * Applied once more to features `[batch, positions, width]`: `[batch, positions, vocabulary]`, how well each token's row fits, which
 * are the logits of an output that shares its weights (arXiv 1608.05859).
 */
export function createTokenEmbedding(tf: TF) {
  class TokenEmbedding extends tf.layers.Layer {
    static readonly className: string = "TokenEmbedding";
    static readonly weightUnits: WeightUnits = {
      tokens: { of: "rows", axis: 0 },
      positions: { of: "rows", axis: 0 },
    };
    private readonly args: TokenEmbeddingArgs;
    private tokens: Tf.LayerVariable | undefined;
    private places: Tf.LayerVariable | undefined;

    constructor(args: TokenEmbeddingArgs) {
      super(args as ConstructorParameters<typeof Tf.layers.Layer>[0]);
      this.args = args;
    }

    override build(inputShape: Tf.Shape | Tf.Shape[]): void {
      const { vocabulary, width, positions } = this.args;
      const start = () => tf.initializers.randomUniform({ minval: -SPREAD, maxval: SPREAD });
      this.tokens = this.addWeight("tokens", [vocabulary, width], "float32", start());
      // A stored configuration says null.
      if (isFeatures(firstShape(inputShape))) throw new Error("tokenEmbedding is applied to ids before features");
      if (positions !== undefined && positions !== null) {
        checkLength(this, firstShape(inputShape).at(-1), positions);
        this.places = this.addWeight("positions", [positions, width], "float32", start());
      }
      super.build(inputShape);
    }

    override call(inputs: Tf.Tensor | Tf.Tensor[]): Tf.Tensor {
      return tf.tidy(() => {
        if (this.tokens === undefined) throw new Error("the layer is not built");
        const x = oneOf(inputs);
        if (isFeatures(x.shape)) return this.scoresOf(x, this.tokens.read());
        const ids = tf.cast(x, "int32");
        const found = tf.gather(this.tokens.read(), ids);
        if (this.places === undefined) return found;
        const [places, length = 1] = [this.places.read(), ids.shape.at(-1)];
        checkLength(this, length, places.shape[0] ?? 0);
        return tf.add(found, tf.slice(places, [0, 0], [length, this.args.width]));
      });
    }

    private scoresOf(features: Tf.Tensor, rows: Tf.Tensor): Tf.Tensor {
      const { vocabulary, width } = this.args;
      if (features.shape.at(-1) !== width) {
        throw new Error(`features have ${features.shape.at(-1)} numbers, but rows of the embedding ${width}`);
      }
      const scores = tf.matMul(tf.reshape(features, [-1, width]) as Tf.Tensor2D, rows as Tf.Tensor2D, false, true);
      return tf.reshape(scores, [...features.shape.slice(0, -1), vocabulary]);
    }

    override computeOutputShape(inputShape: Tf.Shape | Tf.Shape[]): Tf.Shape {
      const shape = firstShape(inputShape);
      const { vocabulary, width } = this.args;
      return isFeatures(shape) ? [...shape.slice(0, -1), vocabulary] : [...shape, width];
    }

    override getConfig(): Tf.serialization.ConfigDict {
      const { vocabulary, width, positions = null } = this.args;
      return { ...super.getConfig(), vocabulary, width, positions };
    }
  }
  register(tf, TokenEmbedding);
  return (args: TokenEmbeddingArgs): Tf.layers.Layer => new TokenEmbedding(args);
}
