/** A training step with a known answer: run in a process of its own before an engine is trusted. */
import { messageOf, WhittleError } from "../../protocol/errors.ts";
import { startEngine } from "../start.ts";
import { ENGINE_NAMES, type EngineName, type TF } from "../types.ts";
import { timeStep } from "./oneDnn.ts";

/** What the checking process prints, on one line. */
export type CheckReport =
  | {
      readonly engine: EngineName;
      readonly ok: true;
      readonly versions: Readonly<Record<string, string>>;
      /** Of the native engine: see `timeStep`. */
      readonly stepMs?: number;
    }
  | { readonly engine: EngineName; readonly ok: false; readonly problem: string };

/**
 * Starts the engine and takes the step; prints a `CheckReport`.
 * @throws WhittleError when the engine does not start or its answer is wrong
 */
export async function runEngineCheck(name: string): Promise<void> {
  const engine = ENGINE_NAMES.find((known) => known === name);
  if (engine === undefined) {
    throw new WhittleError(`There is no engine ${name}.`, {
      kind: "usage",
      remedy: `Choose one of ${ENGINE_NAMES.join(", ")}.`,
    });
  }
  try {
    const { tf, versions } = await startEngine(engine);
    checkKnownAnswers(tf);
    print({ engine, ok: true, versions, ...(engine === "native" ? { stepMs: timeStep(tf) } : {}) });
  } catch (error) {
    print({ engine, ok: false, problem: messageOf(error) });
    throw error;
  }
}

function print(report: CheckReport): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

/** @throws WhittleError naming the first value that is off. Every number is exact in 32 bits, so the tolerance is small. */
export function checkKnownAnswers(tf: TF): void {
  expectClose("a dense training step", denseStep(tf), DENSE_STEP);
  expectClose("the gradient of a convolution", convolutionGradient(tf), CONVOLUTION_GRADIENT);
}

/**
 * Net 2-2-1, relu, no biases; x = [1 2], W1 = [1 -1; 0.5 0.25], W2 = [0.5; 3], target 3, loss (y - 3)^2, rate 0.25:
 *   h = x W1 = [2 -0.5], relu(h) = [2 0], y = 1, loss 4, dL/dy = -4
 *   dW2 = relu(h)' (-4) = [-8; 0]            W2 - 0.25 dW2 = [2.5; 3]
 *   dh = -4 W2' = [-2 -12], behind relu [-2 0]
 *   dW1 = x' dh = [-2 0; -4 0]               W1 - 0.25 dW1 = [1.5 -1; 1.5 0.25]
 * Listed: loss, new W1, new W2.
 */
const DENSE_STEP = [4, 1.5, -1, 1.5, 0.25, 2.5, 3];

function denseStep(tf: TF): number[] {
  return tf.tidy(() => {
    const x = tf.tensor2d([[1, 2]]);
    const w1 = tf.variable(
      tf.tensor2d([
        [1, -1],
        [0.5, 0.25],
      ]),
    );
    const w2 = tf.variable(tf.tensor2d([[0.5], [3]]));
    const loss = () => tf.sum(tf.squaredDifference(tf.matMul(tf.relu(tf.matMul(x, w1)), w2), 3)).asScalar();
    const { value, grads } = tf.variableGrads(loss, [w1, w2]);
    const values = [...value.dataSync()];
    for (const w of [w1, w2]) {
      const gradient = grads[w.name];
      values.push(...(gradient === undefined ? [] : tf.sub(w, tf.mul(gradient, 0.25)).dataSync()));
    }
    w1.dispose();
    w2.dispose();
    return values;
  });
}

/**
 * Input 4x4 with x[r,c] = 4r + c, filter 3x3, valid padding, loss = sum of output times C = [1 2; 3 4]:
 *   dF[i,j] = sum over p,q of x[i+p, j+q] C[p,q] = 10 (4i + j) + (1*2 + 4*3 + 5*4) = 40 i + 10 j + 34
 */
const CONVOLUTION_GRADIENT = [34, 44, 54, 74, 84, 94, 114, 124, 134];

function convolutionGradient(tf: TF): number[] {
  return tf.tidy(() => {
    const x = tf.tensor4d(Array.from(Array(16).keys()), [1, 4, 4, 1]);
    const c = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const filter = tf.ones<import("@tensorflow/tfjs").Rank.R4>([3, 3, 1, 1]);
    const gradient = tf.grad((f) => tf.sum(tf.mul(tf.conv2d(x, f.as4D(3, 3, 1, 1), 1, "valid"), c)))(filter);
    return [...gradient.dataSync()];
  });
}

function expectClose(what: string, values: readonly number[], expected: readonly number[]): void {
  const wrong = expected.findIndex(
    (value, index) => !(Math.abs((values[index] ?? Number.NaN) - value) <= 1e-5 * Math.abs(value)),
  );
  if (wrong !== -1 || values.length !== expected.length) {
    throw new WhittleError(`The engine computes wrong values: ${what} gave [${values}] instead of [${expected}].`, {
      remedy: "Choose another engine (`--engine wasm`), and run `whittle setup --force` to install this one anew.",
    });
  }
}
