/**
 * Whether TensorFlow computes by oneDNN. By itself it does where the processor has instructions for networks; elsewhere oneDNN may be as
 * much faster. It rounds otherwise, so a run goes on as it began.
 */
import type { TF } from "../types.ts";
import type { Verdict } from "./checkProcess.ts";

/** TensorFlow reads it when it computes for the first time: "1" or "0". What a user has set is left alone. */
export const ONE_DNN_VARIABLE = "TF_ENABLE_ONEDNN_OPTS";

/** Milliseconds of a step, with and without; nothing where its check failed. */
export interface StepTimes {
  readonly on?: number | undefined;
  readonly off?: number | undefined;
}

export type NativeVerdict =
  | {
      readonly usable: true;
      readonly versions: Readonly<Record<string, string>>;
      /** Which is faster. */
      readonly oneDnn: boolean;
      readonly measured: StepTimes;
    }
  | Extract<Verdict, { readonly usable: false }>;

/** Off has to be this much faster: two measurements of the same differ as well. */
const CLEARLY = 0.9;

/** Of two checks, each in a process of its own. */
export function chooseOneDnn(on: Verdict, off: Verdict): NativeVerdict {
  const measured: StepTimes = { on: stepMsOf(on), off: stepMsOf(off) };
  const { on: onMs = Number.POSITIVE_INFINITY, off: offMs = Number.POSITIVE_INFINITY } = measured;
  if (off.usable && (!on.usable || offMs < CLEARLY * onMs)) {
    return { usable: true, versions: off.versions, oneDnn: false, measured };
  }
  return on.usable ? { usable: true, versions: on.versions, oneDnn: true, measured } : on;
}

const stepMsOf = (verdict: Verdict): number | undefined => (verdict.usable ? verdict.stepMs : undefined);

const BATCH = 32;
/** The first ones prepare what the others reuse. */
const [UNTIMED, TIMED] = [2, 7];

/** Of convolutions and a product with their gradients, as a small network of images has them. @returns milliseconds, the median */
export function timeStep(tf: TF): number {
  const times: number[] = [];
  tf.tidy(() => {
    const ones = (...shape: number[]) => tf.fill(shape, 0.01);
    const x = ones(BATCH, 28, 28, 8) as ReturnType<typeof tf.tensor4d>;
    const filters = ones(5, 5, 8, 32) as ReturnType<typeof tf.tensor4d>;
    const weights = ones(24 * 24 * 32, 64) as ReturnType<typeof tf.tensor2d>;
    const step = tf.grads((filter, weight) =>
      tf.sum(tf.matMul(tf.reshape(tf.conv2d(x, filter as typeof filters, 1, "valid"), [BATCH, -1]), weight)),
    );
    for (let at = 0; at < UNTIMED + TIMED; at++) {
      const start = performance.now();
      tf.tidy(() => {
        for (const gradient of step([filters, weights])) gradient.dataSync();
      });
      if (at >= UNTIMED) times.push(performance.now() - start);
    }
  });
  return times.toSorted((a, b) => a - b)[TIMED >> 1] ?? Number.NaN;
}
