import type { Criterion } from "./criterion.ts";

/**
 * |W|·√(mean of G²): the root of what the loss rises by, to second order, when the weight goes, with the diagonal of the
 * empirical Fisher matrix for the Hessian (arXiv 1801.05787).
 */
export const fisher: Criterion = {
  averages: ["square"],
  compute: (tf, { weights, average }) => tf.mul(tf.abs(weights), tf.sqrt(average("square"))),
};
