/** A model that writes: what it says of the next token, for some beginnings at once. */
import type * as Tf from "@tensorflow/tfjs";

export interface Writer {
  /**
   * Log-probabilities of the next token, `[rows, vocabulary]`, which the caller disposes; one row for each beginning that goes on.
   * @param tokens the last one of each beginning; at the first call `SPECIAL.begin`
   * @param parents which row of the call before each goes on from; at the first call, the number of the example
   */
  next(tokens: Int32Array, parents: Int32Array): Tf.Tensor2D;
  dispose(): void;
}
