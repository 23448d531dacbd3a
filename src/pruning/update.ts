/**
 * The regularized update, one step for every weight tensor. A method's term R (methods/) has its strength in one of two
 * ways, the setting `coupling`:
 *
 *   decoupled   W ← (shrink(W, λ) + step(G)) ⊙ M      for Σ W²·I:  W − λ·W·I + step(G)
 *   optimizer   W ← (W + step(G + γ·∂R/∂W)) ⊙ M       for Σ W²·I:  W + step(G + 2γ·W·I)
 *
 * `step` is the base optimizer's increment, I the irrelevance (never differentiated), M the mask of the surviving weights.
 * Decoupled (as in AdamW), a step of the term is the same with any optimizer. Through the optimizer, as in the code of
 * arXiv 2204.04977, Adam divides it by the running size of the gradient: weights with small gradients shrink by nearly a
 * full learning rate. For plain SGD with rate η the two are one, with λ = 2γη.
 *
 * Gradients are masked before they reach the optimizer and the state is masked when the mask is set, so a pruned weight
 * stays exactly 0 in both.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { Settings } from "../protocol/settings.ts";
import { AVERAGES, type AverageName, type BatchInput, type ReadAverage } from "./averages.ts";
import { createBaseOptimizer } from "./baseOptimizers.ts";
import { CRITERIA } from "./criteria/index.ts";
import { METHODS } from "./methods/index.ts";
import type { MethodInput } from "./methods/method.ts";
import { SIGNALS } from "./signals/index.ts";

type TF = typeof Tf;

/** A trainable weight tensor of the model. */
export interface Parameter {
  readonly name: string;
  readonly variable: Tf.Variable;
  /** Regularized and pruned; the others (biases, normalization) only get the base optimizer's step. */
  readonly prunable: boolean;
}

export interface Update {
  /**
   * @param gradients one per parameter, in their order, each of its shape; not disposed here
   * @param strength of the regularization, λ or γ by the coupling; null outside regularized training, where running means
   *   stand still as well
   */
  step(gradients: readonly Tf.Tensor[], learningRate: number, strength: number | null): void;
  /**
   * I of every prunable weight by parameter, as of the step that has just been done with these gradients; empty for
   * methods that have one number for all weights. Changes nothing.
   */
  irrelevance(gradients: readonly Tf.Tensor[]): ReadonlyMap<string, Float32Array>;
  /** Importance of every weight by the pruning criterion, of each prunable parameter. Changes nothing. */
  importance(): ReadonlyMap<string, Float32Array>;
  /** Sets the mask (1 keeps, 0 prunes) of a parameter, in its weights and in its optimizer state. */
  setMask(name: string, mask: Float32Array): void;
  /** Forgets all optimizer state: a fresh start of the phase. */
  reset(): void;
  /** Updates since the last reset. */
  steps: number;
  /** State tensors by `<slot>/<parameter>`, for checkpoints. */
  readonly state: ReadonlyMap<string, Tf.Variable>;
  dispose(): void;
}

interface Part {
  readonly parameter: Parameter;
  readonly slots: readonly Tf.Variable[];
  /** Running means that are kept of this parameter. */
  readonly averages: ReadonlyMap<AverageName, Tf.Variable>;
  mask: Tf.Tensor | undefined;
  alive: number;
}

export function createUpdate(
  tf: TF,
  parameters: readonly Parameter[],
  settings: { readonly optimizer: Settings["optimizer"]; readonly pruning: Settings["pruning"] },
): Update {
  const { pruning } = settings;
  const base = createBaseOptimizer(tf, settings.optimizer);
  const method = METHODS[pruning.method];
  const criterion = CRITERIA[pruning.criterion];
  const read = method.reads(pruning);
  const signal = read === undefined ? undefined : SIGNALS[read.signal];
  /** Every running mean that the step needs, with its decay; 0 takes the batch alone and needs no memory. */
  const decays = new Map<AverageName, number>([
    ...(signal?.averages ?? []).map((name) => [name, read?.average ?? 0] as const),
    ...criterion.averages.map((name) => [name, pruning.average] as const),
  ]);
  const state = new Map<string, Tf.Variable>();

  const zeros = (slot: string, parameter: Parameter): Tf.Variable => {
    const variable = tf.tidy(() => tf.variable(tf.zeros(parameter.variable.shape), false));
    state.set(`${slot}/${parameter.name}`, variable);
    return variable;
  };
  const parts = parameters.map((parameter): Part => {
    const kept = parameter.prunable ? [...decays].filter(([, decay]) => decay > 0) : [];
    return {
      parameter,
      slots: base.slots.map((slot) => zeros(slot, parameter)),
      averages: new Map(kept.map(([name]) => [name, zeros(`average.${name}`, parameter)])),
      mask: undefined,
      alive: parameter.variable.size,
    };
  });

  const addToAverages = (part: Part, batch: BatchInput): void => {
    for (const [name, variable] of part.averages) {
      const decay = decays.get(name) ?? 0;
      variable.assign(tf.add(tf.mul(variable, decay), tf.mul(AVERAGES[name](tf, batch), 1 - decay)));
    }
  };

  const averagesOf =
    (part: Part, batch: BatchInput): ReadAverage =>
    (name) => {
      const variable = part.averages.get(name);
      if (variable === undefined) return AVERAGES[name](tf, batch);
      return tf.mul(variable, 1 / (1 - (decays.get(name) ?? 0) ** Math.max(1, update.steps)));
    };

  const methodInput = (part: Part, batch: BatchInput): MethodInput => ({
    weights: batch.weights,
    alive: part.alive,
    settings: pruning,
    signal() {
      if (signal === undefined) throw new Error(`${pruning.method} reads no signal`);
      return signal.compute(tf, { weights: batch.weights, average: averagesOf(part, batch) });
    },
  });

  /** Where the base optimizer's increment starts from, and the gradient that it is made of. */
  const regularized = (part: Part, gradient: Tf.Tensor, strength: number | null) => {
    const { variable: weights, prunable } = part.parameter;
    if (strength === null || !prunable) return { start: weights, gradient };
    const batch = { weights, gradient };
    addToAverages(part, batch);
    if (strength === 0) return { start: weights, gradient };
    const input = methodInput(part, batch);
    if (pruning.coupling === "decoupled") return { start: method.shrink(tf, input, strength), gradient };
    const term = method.gradient(tf, input);
    return { start: weights, gradient: term === undefined ? gradient : tf.add(gradient, tf.mul(term, strength)) };
  };

  const masked = (part: Part, gradient: Tf.Tensor): Tf.Tensor =>
    part.mask === undefined ? gradient : tf.mul(gradient, part.mask);

  const update: Update = {
    steps: 0,
    state,
    step(gradients, learningRate, strength) {
      update.steps += 1;
      for (const [index, part] of parts.entries()) {
        const raw = gradients[index];
        if (raw === undefined) throw new Error(`no gradient for ${part.parameter.name}`);
        tf.tidy(() => {
          const { start, gradient } = regularized(part, masked(part, raw), strength);
          const { delta, slots } = base.increment(gradient, part.slots, learningRate, update.steps);
          for (const [at, value] of slots.entries()) part.slots[at]?.assign(value);
          part.parameter.variable.assign(tf.add(start, delta));
        });
      }
    },
    irrelevance(gradients) {
      const found = new Map<string, Float32Array>();
      for (const [index, part] of parts.entries()) {
        const gradient = gradients[index];
        if (gradient === undefined || !part.parameter.prunable || signal === undefined) continue;
        tf.tidy(() => {
          const batch = { weights: part.parameter.variable, gradient: masked(part, gradient) };
          const factor = method.irrelevance(tf, methodInput(part, batch));
          if (typeof factor !== "number") found.set(part.parameter.name, Float32Array.from(factor.dataSync()));
        });
      }
      return found;
    },
    importance() {
      const found = new Map<string, Float32Array>();
      for (const part of parts) {
        if (!part.parameter.prunable) continue;
        tf.tidy(() => {
          const weights = part.parameter.variable;
          // Between steps there is no batch: a criterion's running means need a decay, which the settings see to.
          const average = averagesOf(part, { weights, gradient: tf.zerosLike(weights) });
          found.set(part.parameter.name, Float32Array.from(criterion.compute(tf, { weights, average }).dataSync()));
        });
      }
      return found;
    },
    setMask(name, values) {
      const part = parts.find((candidate) => candidate.parameter.name === name);
      if (part === undefined) throw new Error(`no parameter ${name}`);
      part.mask?.dispose();
      const mask = tf.tensor(values, part.parameter.variable.shape, "float32");
      part.mask = mask;
      part.alive = values.reduce((sum, keep) => sum + keep, 0);
      for (const variable of [part.parameter.variable, ...part.slots, ...part.averages.values()]) {
        tf.tidy(() => variable.assign(tf.mul(variable, mask)));
      }
    },
    reset() {
      update.steps = 0;
      for (const variable of state.values()) tf.tidy(() => variable.assign(tf.zeros(variable.shape)));
    },
    dispose() {
      for (const variable of state.values()) variable.dispose();
      for (const part of parts) part.mask?.dispose();
    },
  };
  return update;
}
