/**
 * The regularized update, one step for every weight tensor, by weights or by groups of them (scope.ts). A method's term R
 * (methods/) has its strength in one of two ways, the setting `coupling`:
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
import { findFamilies, type Groups } from "./groupLayout.ts";
import { METHODS } from "./methods/index.ts";
import type { MethodInput } from "./methods/method.ts";
import { createGroupScope, createWeightScope, type Scope } from "./scope.ts";
import { SIGNALS } from "./signals/index.ts";
import { type ReadNumber, type StepNumbers, unpackNumbers } from "./stepNumbers.ts";

type TF = typeof Tf;

/** A trainable weight tensor of the model. */
export interface Parameter {
  readonly name: string;
  readonly variable: Tf.Variable;
  /** Regularized and pruned; the others (biases, normalization) only get the base optimizer's step. */
  readonly prunable: boolean;
  /** Of those that are prunable by groups. */
  readonly groups?: Groups | undefined;
  /** Of each weight the group that it is multiplied with, without which it does nothing. */
  readonly reads?: Groups | undefined;
}

/** A step that is about to be done. */
export interface StepPlan {
  /** Which operations it takes: equal for steps that differ by their numbers alone. */
  readonly kind: string;
  readonly numbers: StepNumbers;
  /** @param gradients one per parameter, in their order, each of its shape; not disposed @param packed the numbers */
  apply(gradients: readonly Tf.Tensor[], packed: Tf.Tensor): void;
}

export interface Update {
  /**
   * Counts the step, which is to be applied once.
   * @param strength of the regularization, λ or γ by the coupling; null outside regularized training, where running means
   *   stand still as well
   */
  plan(learningRate: number, strength: number | null): StepPlan;
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

/** `averaged`: running means go on, no weight is shrunk. */
type StepKind = "plain" | "averaged" | "regularized";

interface Part {
  /** Among the parameters. */
  readonly index: number;
  readonly parameter: Parameter;
  readonly slots: readonly Tf.Variable[];
  /** Running means that are kept of this parameter. */
  readonly averages: ReadonlyMap<AverageName, Tf.Variable>;
  mask: Tf.Variable | undefined;
}

/** What a method is applied to at once. */
interface Regularized {
  readonly scope: Scope;
  /** In the order of its members. */
  readonly parts: readonly Part[];
}

interface PartBatch extends BatchInput {
  readonly part: Part;
}

interface PartStart {
  readonly part: Part;
  readonly start: Tf.Tensor;
  readonly gradient: Tf.Tensor;
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
  const parts = parameters.map((parameter, index): Part => {
    const kept = parameter.prunable ? [...decays].filter(([, decay]) => decay > 0) : [];
    return {
      index,
      parameter,
      slots: base.slots.map((slot) => zeros(slot, parameter)),
      averages: new Map(kept.map(([name]) => [name, zeros(`average.${name}`, parameter)])),
      mask: undefined,
    };
  });
  const partOf = (name: string): Part => {
    const part = parts.find(({ parameter }) => parameter.name === name);
    if (part === undefined) throw new Error(`no parameter ${name}`);
    return part;
  };
  const regularized = scopesOf(tf, parameters).map(
    (scope): Regularized => ({ scope, parts: scope.members.map(partOf) }),
  );
  const others = parts.filter(({ parameter }) => !parameter.prunable);

  const addToAverages = (part: Part, batch: BatchInput): void => {
    for (const [name, variable] of part.averages) {
      const decay = decays.get(name) ?? 0;
      variable.assign(tf.add(tf.mul(variable, decay), tf.mul(AVERAGES[name](tf, batch), 1 - decay)));
    }
  };

  /** Of the running means, by which they are read. */
  const corrections = (): StepNumbers =>
    Object.fromEntries(
      [...decays].map(([name, decay]) => [`correction.${name}`, 1 / (1 - decay ** Math.max(1, update.steps))]),
    );

  const survivorNumbers = (): StepNumbers =>
    Object.fromEntries(regularized.map(({ scope }) => [`perSurvivor.${scope.name}`, 1 / Math.max(1, scope.alive)]));

  const averagesOf =
    (part: Part, batch: BatchInput, number: ReadNumber): ReadAverage =>
    (name) => {
      const variable = part.averages.get(name);
      return variable === undefined ? AVERAGES[name](tf, batch) : tf.mul(variable, number(`correction.${name}`));
    };

  const methodInput = ({ scope }: Regularized, batches: readonly PartBatch[], number: ReadNumber): MethodInput => ({
    weights: scope.gather(batches.map(({ weights }) => weights)),
    perSurvivor: number(`perSurvivor.${scope.name}`),
    settings: pruning,
    signal() {
      if (signal === undefined) throw new Error(`${pruning.method} reads no signal`);
      return scope.gather(
        batches.map((batch) =>
          signal.compute(tf, { weights: batch.weights, average: averagesOf(batch.part, batch, number) }),
        ),
      );
    },
  });

  /** Of the batches' parts: where the base optimizer's increments start from, and the gradients that they are made of. */
  const regularize = (
    one: Regularized,
    batches: readonly PartBatch[],
    kind: StepKind,
    number: ReadNumber,
  ): readonly PartStart[] => {
    if (kind !== "plain") for (const batch of batches) addToAverages(batch.part, batch);
    const plain = batches.map(({ part, weights, gradient }) => ({ part, start: weights, gradient }));
    if (kind !== "regularized") return plain;
    const input = methodInput(one, batches, number);
    const strength = number("strength");
    const weights = batches.map((batch) => batch.weights);
    if (pruning.coupling === "decoupled") {
      const starts = one.scope.follow(weights, input.weights, method.shrink(tf, input, strength), 1);
      return plain.map(({ start, ...rest }, at) => ({ ...rest, start: starts[at] ?? start }));
    }
    const made = method.gradient(tf, input);
    if (made === undefined) return plain;
    const terms = one.scope.follow(weights, input.weights, made, 0);
    return plain.map(({ gradient, ...rest }, at) => {
      const term = terms[at];
      return { ...rest, gradient: term === undefined ? gradient : tf.add(gradient, tf.mul(term, strength)) };
    });
  };

  const step = ({ part, start, gradient }: PartStart, number: ReadNumber): void => {
    const { delta, slots } = base.increment(gradient, part.slots, number);
    for (const [at, value] of slots.entries()) part.slots[at]?.assign(value);
    part.parameter.variable.assign(tf.add(start, delta));
  };

  /** To be read in a tidy. */
  const scalarsOf =
    (numbers: StepNumbers): ReadNumber =>
    (name) =>
      tf.scalar(numbers[name] ?? Number.NaN, "float32");

  const masked = (part: Part, gradient: Tf.Tensor): Tf.Tensor =>
    part.mask === undefined ? gradient : tf.mul(gradient, part.mask);

  const batchOf =
    (gradients: readonly Tf.Tensor[]) =>
    (part: Part): PartBatch => {
      const gradient = gradients[part.index];
      if (gradient === undefined) throw new Error(`no gradient for ${part.parameter.name}`);
      return { part, weights: part.parameter.variable, gradient: masked(part, gradient) };
    };

  /** All by the same factor, as PyTorch's `clip_grad_norm_`. To be called in a tidy. */
  const clip = (gradients: readonly Tf.Tensor[]): readonly Tf.Tensor[] => {
    const { clipNorm } = settings.optimizer;
    if (clipNorm === undefined) return gradients;
    const squares = parts.flatMap((part, at) => {
      const gradient = gradients[at];
      return gradient === undefined ? [] : [tf.sum(tf.square(masked(part, gradient)))];
    });
    const factor = tf.minimum(1, tf.div(clipNorm, tf.add(tf.sqrt(tf.addN(squares)), 1e-6)));
    return gradients.map((gradient) => tf.mul(gradient, factor));
  };

  const update: Update = {
    steps: 0,
    state,
    plan(learningRate, strength) {
      update.steps += 1;
      const kind: StepKind = strength === null ? "plain" : strength === 0 ? "averaged" : "regularized";
      const numbers = {
        ...base.numbers(learningRate, update.steps),
        ...(strength === null ? {} : { strength, ...corrections(), ...survivorNumbers() }),
      };
      const masks = parts.map(({ mask }) => (mask === undefined ? "-" : "m")).join("");
      return {
        kind: `${kind} ${masks}`,
        numbers,
        apply(gradients, packed) {
          const number = unpackNumbers(tf, Object.keys(numbers), packed);
          const shorter = clip(gradients);
          for (const one of regularized) {
            tf.tidy(() => {
              const batches = one.parts.map(batchOf(shorter));
              for (const start of regularize(one, batches, kind, number)) step(start, number);
            });
          }
          for (const part of others) {
            tf.tidy(() => {
              const { weights, gradient } = batchOf(shorter)(part);
              step({ part, start: weights, gradient }, number);
            });
          }
        },
      };
    },
    irrelevance(gradients) {
      const found = new Map<string, Float32Array>();
      const number = scalarsOf({ ...corrections(), ...survivorNumbers() });
      for (const one of signal === undefined ? [] : regularized) {
        tf.tidy(() => {
          const batches = one.parts.map(batchOf(gradients));
          const factor = method.irrelevance(tf, methodInput(one, batches, number));
          if (typeof factor === "number") return;
          const shapes = batches.map(({ weights }) => weights.shape);
          for (const [at, values] of one.scope.spread(factor, shapes).entries()) {
            const name = one.scope.members[at];
            if (name !== undefined) found.set(name, Float32Array.from(values.dataSync()));
          }
        });
      }
      return found;
    },
    importance() {
      const found = new Map<string, Float32Array>();
      const number = scalarsOf(corrections());
      for (const part of parts) {
        if (!part.parameter.prunable) continue;
        tf.tidy(() => {
          const weights = part.parameter.variable;
          // Between steps there is no batch: a criterion's running means need a decay, which the settings see to.
          const average = averagesOf(part, { weights, gradient: tf.zerosLike(weights) }, number);
          found.set(part.parameter.name, Float32Array.from(criterion.compute(tf, { weights, average }).dataSync()));
        });
      }
      return found;
    },
    setMask(name, values) {
      const part = partOf(name);
      const { shape } = part.parameter.variable;
      // A variable, so that a graph that was recorded with a mask goes on with another one.
      part.mask ??= tf.tidy(() => tf.variable(tf.ones(shape), false));
      const { mask } = part;
      tf.tidy(() => mask.assign(tf.tensor(values, shape, "float32")));
      for (const { scope } of regularized) if (scope.members.includes(name)) scope.setMask(name, values);
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

/** Those that are prunable by groups share scopes. */
function scopesOf(tf: TF, parameters: readonly Parameter[]): readonly Scope[] {
  const prunable = parameters.filter((parameter) => parameter.prunable);
  const grouped = prunable.flatMap(({ name, groups }) => (groups === undefined ? [] : [{ name, groups }]));
  return [
    ...prunable
      .filter(({ groups }) => groups === undefined)
      .map(({ name, variable }) => createWeightScope(name, variable.size)),
    ...findFamilies(grouped).map((family) => createGroupScope(tf, family)),
  ];
}
