/** One step of training: gradients of a batch and the regularized update, as one program that can become a graph. */
import type * as Tf from "@tensorflow/tfjs";
import { createRandom, withSeededMathRandom } from "../data/random.ts";
import type { Program } from "../engine/graph/graph.ts";
import type { Seeded } from "../engine/graph/runner.ts";
import { packNumbers } from "../pruning/stepNumbers.ts";
import type { Update } from "../pruning/update.ts";
import type { Batch } from "./batches.ts";
import { STEP_KIND } from "./execution.ts";
import { createGradientSums, type GradientSums } from "./gradientSums.ts";
import type { Network } from "./network.ts";

type TF = typeof Tf;

type Seed = readonly (number | string)[];

export interface StepRequest {
  /** Of several the gradients are averaged, one after the other: then each is a program, and the update another. */
  readonly batches: readonly Batch[];
  readonly learningRate: number;
  /** λ or γ; null outside regularized training. */
  readonly strength: number | null;
  /** Of all that is random in the step. */
  readonly seed: Seed;
}

export interface TrainingStep {
  /** @returns the mean loss of the batches */
  run(request: StepRequest): number;
  /** As `run`, and the irrelevance that the step went by (see Update). */
  runObserved(request: StepRequest): {
    readonly loss: number;
    readonly irrelevance: ReadonlyMap<string, Float32Array>;
  };
  dispose(): void;
}

type Observe = (gradients: readonly Tf.Tensor[]) => void;
type Plan = ReturnType<Update["plan"]>;

export function createTrainingStep(tf: TF, network: Network, update: Update): TrainingStep {
  /** Made when a step has several batches. */
  let sums: GradientSums | undefined;

  const seededBy =
    (seed: Seed): Seeded =>
    (salt, draw) =>
      withSeededMathRandom(createRandom(...seed, ...(salt === 0 ? [] : [salt])), draw);
  const seedTensor = (seed: Seed) => tf.tensor1d([createRandom(...seed, "model").next() * 2 ** 31], "int32");

  /** @returns the values of the program's results */
  const perform = (
    kind: string,
    inputs: readonly Tf.Tensor[],
    program: Program,
    seeded?: Seeded,
    isEager = false,
  ): number[] => {
    const results = isEager
      ? tf.tidy(() => [...(seeded === undefined ? program(inputs) : seeded(0, () => program(inputs)))])
      : network.runner.run(kind, inputs, program, seeded);
    const values = results.map((result) => result.dataSync()[0] ?? Number.NaN);
    tf.dispose(results);
    return values;
  };

  const runOne = (batch: Batch, plan: Plan, seed: Seed, observe?: Observe): number => {
    const program: Program = ([numbers, modelSeed, ...inputs]) => {
      if (numbers === undefined || modelSeed === undefined) throw new Error("a step has numbers and a seed");
      const { loss, gradients } = network.differentiate(batch.read(inputs), modelSeed);
      plan.apply(gradients, numbers);
      observe?.(gradients);
      return [loss];
    };
    const [numbers, modelSeed] = [packNumbers(tf, plan.numbers), seedTensor(seed)];
    const inputs = [numbers, modelSeed, ...batch.inputs];
    const [loss] = perform(
      `${STEP_KIND} ${plan.kind}${batch.kind}`,
      inputs,
      program,
      seededBy(seed),
      observe !== undefined,
    );
    tf.dispose([numbers, modelSeed]);
    return loss ?? Number.NaN;
  };

  const runSeveral = (batches: readonly Batch[], plan: Plan, seed: Seed, observe?: Observe): number => {
    sums ??= createGradientSums(tf, network.parameters);
    const own = sums;
    let [lossSum, targets] = [0, 0];
    for (const [at, batch] of batches.entries()) {
      const batchSeed = [...seed, "batch", at];
      const program: Program = ([modelSeed, ...inputs]) => {
        if (modelSeed === undefined) throw new Error("a batch has a seed");
        const found = network.differentiate(batch.read(inputs), modelSeed);
        return [found.loss, own.add(found, batch.count)];
      };
      const modelSeed = seedTensor(batchSeed);
      const inputs = [modelSeed, ...batch.inputs];
      const [loss = Number.NaN, count = 0] = perform(
        `${STEP_KIND} gradients${batch.kind}`,
        inputs,
        program,
        seededBy(batchSeed),
      );
      modelSeed.dispose();
      lossSum += loss * count;
      targets += count;
    }
    const program: Program = ([numbers]) => {
      if (numbers === undefined) throw new Error("a step has numbers");
      const gradients = own.take();
      plan.apply(gradients, numbers);
      observe?.(gradients);
      return [];
    };
    const numbers = packNumbers(tf, plan.numbers);
    perform(`${STEP_KIND} update ${plan.kind}`, [numbers], program, undefined, observe !== undefined);
    numbers.dispose();
    return lossSum / Math.max(targets, 1);
  };

  const run = ({ batches, learningRate, strength, seed }: StepRequest, observe?: Observe): number => {
    const plan = update.plan(learningRate, strength);
    const [first] = batches;
    return batches.length === 1 && first !== undefined
      ? runOne(first, plan, seed, observe)
      : runSeveral(batches, plan, seed, observe);
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
    dispose: () => sums?.dispose(),
  };
}
