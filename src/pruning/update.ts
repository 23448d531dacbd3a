/**
 * The regularized update, one step for every weight tensor:
 *
 *   W ← (step(W, G) − λ·W·I) ⊙ M
 *
 * `step` is the base optimizer's, I the method's irrelevance, M the mask of the surviving weights. The shrinking is
 * decoupled from the loss (as in AdamW), so it fits any loss and any optimizer. Gradients are masked before they reach
 * the optimizer and the state is masked when the mask is set, so a pruned weight stays exactly 0 in both.
 */
import type * as Tf from "@tensorflow/tfjs";
import type { Settings } from "../protocol/settings.ts";
import { createBaseOptimizer } from "./baseOptimizers.ts";
import { METHODS } from "./methods.ts";

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
   * @param lambda 0 switches the regularization off
   */
  step(gradients: readonly Tf.Tensor[], learningRate: number, lambda: number): void;
  /**
   * I of every prunable weight by parameter, as the step that has just been done with these gradients used it; empty for
   * methods that have one number for all weights. Changes nothing.
   */
  irrelevance(gradients: readonly Tf.Tensor[]): ReadonlyMap<string, Float32Array>;
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

const SIGNAL_SLOT = "signal";

interface Part {
  readonly parameter: Parameter;
  readonly slots: readonly Tf.Variable[];
  /** Running mean of the signal, where the method keeps one. */
  readonly signal: Tf.Variable | undefined;
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
  const state = new Map<string, Tf.Variable>();

  const zeros = (slot: string, parameter: Parameter): Tf.Variable => {
    const variable = tf.tidy(() => tf.variable(tf.zeros(parameter.variable.shape), false));
    state.set(`${slot}/${parameter.name}`, variable);
    return variable;
  };
  const parts = parameters.map((parameter): Part => {
    const averaged = parameter.prunable && method.usesSignal && pruning.average > 0;
    return {
      parameter,
      slots: base.slots.map((slot) => zeros(slot, parameter)),
      signal: averaged ? zeros(SIGNAL_SLOT, parameter) : undefined,
      mask: undefined,
      alive: parameter.variable.size,
    };
  });

  /** S of this batch. */
  const batchSignal = (part: Part, gradient: Tf.Tensor): Tf.Tensor =>
    tf.abs(pruning.signal === "gradient" ? gradient : tf.mul(part.parameter.variable, gradient));

  /** S of this step; updates the running mean where there is one. Its missing bias correction cancels in S / s. */
  const signalOf = (part: Part, gradient: Tf.Tensor): Tf.Tensor => {
    const now = batchSignal(part, gradient);
    if (part.signal === undefined) return now;
    part.signal.assign(tf.add(tf.mul(part.signal, pruning.average), tf.mul(now, 1 - pruning.average)));
    return part.signal;
  };

  const shrunk = (part: Part, gradient: Tf.Tensor, lambda: number): Tf.Tensor => {
    const { variable, prunable } = part.parameter;
    if (lambda === 0 || !prunable) return variable;
    const factor = method.usesSignal
      ? method.irrelevance(tf, { signal: signalOf(part, gradient), alive: part.alive, settings: pruning })
      : method.irrelevance(tf, { signal: gradient, alive: part.alive, settings: pruning });
    if (typeof factor === "number") return factor === 0 ? variable : tf.mul(variable, 1 - lambda * factor);
    return tf.sub(variable, tf.mul(tf.mul(variable, factor), lambda));
  };

  const update: Update = {
    steps: 0,
    state,
    step(gradients, learningRate, lambda) {
      update.steps += 1;
      for (const [index, part] of parts.entries()) {
        const raw = gradients[index];
        if (raw === undefined) throw new Error(`no gradient for ${part.parameter.name}`);
        tf.tidy(() => {
          const gradient = part.mask === undefined ? raw : tf.mul(raw, part.mask);
          // The increment does not depend on W, so shrinking first is the same sum as in the formula above.
          const start = shrunk(part, gradient, lambda);
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
        if (gradient === undefined || !part.parameter.prunable || !method.usesSignal) continue;
        tf.tidy(() => {
          const masked = part.mask === undefined ? gradient : tf.mul(gradient, part.mask);
          const signal = part.signal ?? batchSignal(part, masked);
          const factor = method.irrelevance(tf, { signal, alive: part.alive, settings: pruning });
          if (typeof factor !== "number") found.set(part.parameter.name, Float32Array.from(factor.dataSync()));
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
      const masked = [part.parameter.variable, ...part.slots, ...(part.signal === undefined ? [] : [part.signal])];
      for (const variable of masked) tf.tidy(() => variable.assign(tf.mul(variable, mask)));
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
