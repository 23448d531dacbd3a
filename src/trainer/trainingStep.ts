/** One step of training: gradients of a batch and the regularized update, as one program that can become a graph. */
import type * as Tf from "@tensorflow/tfjs";
import { createRandom, withSeededMathRandom } from "../data/random.ts";
import type { Program } from "../engine/graph/graph.ts";
import type { Seeded } from "../engine/graph/runner.ts";
import { packNumbers } from "../pruning/stepNumbers.ts";
import type { Update } from "../pruning/update.ts";
import type { Batch } from "./batches.ts";
import { STEP_KIND } from "./execution.ts";
import type { Network } from "./network.ts";

type TF = typeof Tf;

export interface StepRequest {
  readonly batch: Batch;
  readonly learningRate: number;
  /** λ or γ; null outside regularized training. */
  readonly strength: number | null;
  /** Of all that is random in the step. */
  readonly seed: readonly (number | string)[];
}

export interface TrainingStep {
  /** @returns the batch's mean loss */
  run(request: StepRequest): number;
  /** As `run`, and the irrelevance that the step went by (see Update). */
  runObserved(request: StepRequest): {
    readonly loss: number;
    readonly irrelevance: ReadonlyMap<string, Float32Array>;
  };
}

export function createTrainingStep(tf: TF, network: Network, update: Update): TrainingStep {
  const run = (request: StepRequest, observe?: (gradients: readonly Tf.Tensor[]) => void): number => {
    const { batch, learningRate, strength, seed } = request;
    const plan = update.plan(learningRate, strength);
    const program: Program = ([numbers, modelSeed, ...inputs]) => {
      if (numbers === undefined || modelSeed === undefined) throw new Error("a step has numbers and a seed");
      const { loss, gradients } = network.differentiate(batch.read(inputs), modelSeed);
      plan.apply(gradients, numbers);
      observe?.(gradients);
      return [loss];
    };
    const seeded: Seeded = (salt, draw) =>
      withSeededMathRandom(createRandom(...seed, ...(salt === 0 ? [] : [salt])), draw);
    const numbers = packNumbers(tf, plan.numbers);
    const modelSeed = tf.tensor1d([createRandom(...seed, "model").next() * 2 ** 31], "int32");
    const inputs = [numbers, modelSeed, ...batch.inputs];
    const [loss] =
      observe === undefined
        ? network.runner.run(`${STEP_KIND} ${plan.kind}`, inputs, program, seeded)
        : tf.tidy(() => [...seeded(0, () => program(inputs))]);
    const value = loss?.dataSync()[0] ?? Number.NaN;
    tf.dispose([numbers, modelSeed, ...(loss === undefined ? [] : [loss])]);
    return value;
  };
  return {
    run: (request) => run(request),
    runObserved(request) {
      let irrelevance: ReadonlyMap<string, Float32Array> = new Map();
      // Eagerly: it reads values.
      const loss = run(request, (gradients) => {
        irrelevance = update.irrelevance(gradients);
      });
      return { loss, irrelevance };
    },
  };
}
