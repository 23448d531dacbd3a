/**
 * Training images changed at random in each epoch: mirrored, shifted, with a square left out. What is drawn are a few numbers an
 * image, in the order of the step's own stream; they are inputs of the step, which applies them itself.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { Random } from "../data/random.ts";
import type { DataSet } from "../data/types.ts";
import { usageError } from "../protocol/errors.ts";
import type { Settings } from "../protocol/settings.ts";
import type { Batch } from "./batches.ts";

type TF = typeof Tf;
type Settled = Settings["augmentation"];

/** @returns the batch, with images that this step's stream has changed; it takes the place of the one given */
export type Augment = (batch: Batch, random: Random) => Batch;

/**
 * @param inputShape of one example as the model takes it: `[height, width, channels]`
 * @returns undefined where nothing is to be changed
 * @throws WhittleError (usage) where examples are no images, or a square would not fit into one
 */
export function createAugmentation(
  tf: TF,
  settings: Settled,
  inputShape: readonly number[],
  { spec, offset: black }: Pick<DataSet, "spec" | "offset">,
): Augment | undefined {
  const { flip, crop, cutout } = settings;
  if (!flip && crop === 0 && cutout === 0) return undefined;
  const [height, width, channels] = inputShape;
  if (inputShape.length !== 3 || height === undefined || width === undefined || channels === undefined) {
    throw usageError(
      `Setting augmentation changes images, but an example of "${spec}" has shape [${inputShape}].`,
      "Leave augmentation out, or give examples of shape [height, width, channels].",
    );
  }
  if (cutout > Math.min(height, width)) {
    throw usageError(
      `Setting augmentation.cutout = ${cutout} is wrong: an image of "${spec}" is ${height} × ${width}.`,
      "Make the square smaller.",
    );
  }
  const [paddedHeight, paddedWidth] = [height + 2 * crop, width + 2 * crop];
  const below = (bound: number, random: Random) => Math.floor(random.next() * bound);

  /** `[batch, height, width, channels]`; `starts` and `steps` as below. A gather, since it gives the very pixels. */
  const move = (x: Tf.Tensor, starts: Tf.Tensor, steps: Tf.Tensor): Tf.Tensor => {
    const padding: [number, number][] = [
      [0, 0],
      [crop, crop],
      [crop, crop],
      [0, 0],
    ];
    const padded = crop === 0 ? x : tf.pad(x, padding, black);
    const rows = tf.mul(tf.range(0, height, 1, "int32"), tf.scalar(paddedWidth, "int32")).reshape([1, height, 1]);
    const columns = tf.range(0, width, 1, "int32").reshape([1, 1, width]);
    const pixels = tf.add(tf.add(starts.reshape([-1, 1, 1]), rows), tf.mul(steps.reshape([-1, 1, 1]), columns));
    return tf.gather(padded.reshape([-1, channels]), pixels.reshape([-1])).reshape(x.shape);
  };

  /** @param tops and @param lefts of the squares, shape [batch]; beyond the border where a part of one is outside */
  const cut = (x: Tf.Tensor, tops: Tf.Tensor, lefts: Tf.Tensor): Tf.Tensor => {
    const inside = (starts: Tf.Tensor, length: number, shape: number[]) => {
      const from = starts.reshape([-1, 1, 1, 1]);
      const at = tf.range(0, length, 1, "int32").reshape(shape);
      return tf.logicalAnd(tf.greaterEqual(at, from), tf.less(at, tf.add(from, tf.scalar(cutout, "int32"))));
    };
    const isCut = tf.logicalAnd(inside(tops, height, [1, height, 1, 1]), inside(lefts, width, [1, 1, width, 1]));
    const kept = tf.cast(tf.logicalNot(isCut), "float32");
    return black === 0 ? tf.mul(x, kept) : tf.add(tf.mul(tf.sub(x, black), kept), black);
  };

  return (batch, random) => {
    const drawn = Array.from({ length: batch.count }, (_, example) => {
      const isMirrored = flip && random.next() < 0.5;
      const [top, left] = crop === 0 ? [0, 0] : [below(2 * crop + 1, random), below(2 * crop + 1, random)];
      const first = (example * paddedHeight + top) * paddedWidth + left;
      return {
        // Of the padded batch, all pixels in a row: where the image's first row begins, and which way it goes.
        start: isMirrored ? first + width - 1 : first,
        step: isMirrored ? -1 : 1,
        // The centre is anywhere in the image, as in arXiv 1708.04552.
        top: cutout === 0 ? 0 : below(height, random) - Math.floor(cutout / 2),
        left: cutout === 0 ? 0 : below(width, random) - Math.floor(cutout / 2),
      };
    });
    const vector = (of: "start" | "step" | "top" | "left") =>
      tf.tensor1d(
        drawn.map((each) => each[of]),
        "int32",
      );
    const isMoved = flip || crop > 0;
    const moves = isMoved ? [vector("start"), vector("step")] : [];
    const squares = cutout > 0 ? [vector("top"), vector("left")] : [];
    return {
      count: batch.count,
      kind: batch.kind,
      inputs: [...moves, ...squares, ...batch.inputs],
      read(inputs) {
        const examples = batch.read(inputs.slice(moves.length + squares.length));
        const [starts, steps] = inputs;
        const [tops, lefts] = inputs.slice(moves.length);
        let { x } = examples;
        if (isMoved && starts !== undefined && steps !== undefined) x = move(x, starts, steps);
        if (cutout > 0 && tops !== undefined && lefts !== undefined) x = cut(x, tops, lefts);
        return { ...examples, x };
      },
      dispose() {
        tf.dispose([...moves, ...squares]);
        batch.dispose();
      },
    };
  };
}
