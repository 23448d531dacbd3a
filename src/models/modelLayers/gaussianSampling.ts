import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import { firstShape, register } from "./base.ts";

export interface GaussianSamplingArgs {
  /** What the divergence is multiplied by in the loss; 1 by default. */
  readonly beta?: number;
  readonly name?: string;
}

/**
 * Of a variational autoencoder (arXiv 1312.6114), applied to [mean, log variance], both `[batch, …]`: in training a sample of that
 * Gaussian, otherwise its mean. Adds to the loss in training β · KL(Gaussian ‖ N(0, 1)), summed over an example's axes, mean over
 * the batch.
 */
export function createGaussianSampling(tf: TF) {
  class GaussianSampling extends tf.layers.Layer {
    static readonly className: string = "GaussianSampling";
    private readonly beta: number;
    /** Of the calls since the loss was asked for: a layer may be used several times. */
    private terms: Tf.Scalar[] = [];
    /** Mean 0, deviation 1; an engine that draws by itself takes its place. */
    drawNormal: (shape: readonly number[]) => Tf.Tensor = (shape) => tf.randomNormal([...shape]);

    constructor(args: GaussianSamplingArgs = {}) {
      super(args as ConstructorParameters<typeof Tf.layers.Layer>[0]);
      this.beta = args.beta ?? 1;
      this.addLoss(() => this.takeTerms());
    }

    override computeOutputShape(inputShape: Tf.Shape | Tf.Shape[]): Tf.Shape {
      return firstShape(inputShape);
    }

    override call(inputs: Tf.Tensor | Tf.Tensor[], kwargs: Record<string, unknown>): Tf.Tensor {
      return tf.tidy(() => {
        const [mean, logVariance, ...more] = [inputs].flat();
        if (mean === undefined || logVariance === undefined || more.length > 0) {
          throw new Error("gaussianSampling is applied to [mean, log variance]");
        }
        if (kwargs["training"] !== true) return tf.clone(mean);
        // The model's own tidy would end it before the loss asks for it.
        this.terms.push(tf.keep(this.divergence(mean, logVariance)));
        return tf.add(mean, tf.mul(tf.exp(tf.div(logVariance, 2)), this.drawNormal(mean.shape)));
      });
    }

    /** −½ · Σ (1 + log σ² − μ² − σ²) */
    private divergence(mean: Tf.Tensor, logVariance: Tf.Tensor): Tf.Scalar {
      const parts = tf.sub(tf.sub(tf.add(logVariance, 1), tf.square(mean)), tf.exp(logVariance));
      return tf.mul(tf.sum(parts), (-0.5 * this.beta) / (mean.shape[0] ?? 1));
    }

    private takeTerms(): Tf.Scalar {
      const { terms } = this;
      this.terms = [];
      const sum = terms.reduce((all, term) => tf.add(all, term), tf.scalar(0));
      tf.dispose(terms);
      return sum;
    }

    override getConfig(): Tf.serialization.ConfigDict {
      return { ...super.getConfig(), beta: this.beta };
    }
  }
  register(tf, GaussianSampling);
  return (args?: GaussianSamplingArgs): Tf.layers.Layer => new GaussianSampling(args);
}
