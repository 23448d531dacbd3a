/** Writes position by position: of earlier ones, what later ones need is kept. */
import type * as Tf from "@tensorflow/tfjs";
import type { Application, Flowing } from "../compact/applications.ts";
import type { TF } from "../engine/types.ts";
import { logProbabilities } from "./logProbabilities.ts";
import type { Step, WritingPlan } from "./plan.ts";
import { allApplied } from "./steps/positionwise.ts";
import type { Memory } from "./steps/stepRule.ts";
import type { Writer } from "./writer.ts";

/**
 * @param plan with `steps`
 * @param source ids `[examples, positions]` that are read, where the model reads; stays the caller's
 */
export function createCachedWriter(tf: TF, plan: WritingPlan, source: Tf.Tensor | undefined): Writer {
  const { steps } = plan;
  if (steps === undefined) throw new Error("the model needs all positions at once");
  const read = readOnce(tf, plan, source);
  const memories = new Map<Application, Memory>();
  let position = 0;
  /** Of each row. */
  let examples: Int32Array = new Int32Array(0);

  /** Rows as they go on; those of an example share what is fixed. */
  const rearrange = (parents: Int32Array): void => {
    const next = parents.map((parent) => (position === 0 ? parent : (examples[parent] ?? 0)));
    const isSameOrder = isIdentity(parents, examples.length);
    const isSameExamples = String(next) === String(examples);
    examples = next;
    if (position === 0 || isSameOrder) return;
    const rows = tf.tensor1d(parents, "int32");
    const gathered = (tensors: readonly Tf.Tensor[], isNeeded: boolean): readonly Tf.Tensor[] => {
      if (!isNeeded) return tensors;
      const picked = tensors.map((each) => tf.keep(tf.gather(each, rows)));
      tf.dispose([...tensors]);
      return picked;
    };
    for (const [application, { fixed, grown }] of memories) {
      memories.set(application, { fixed: gathered(fixed, !isSameExamples), grown: gathered(grown, true) });
    }
    rows.dispose();
  };

  const remember = (application: Application, memory: Memory): void => {
    const before = memories.get(application);
    const now = [...memory.fixed, ...memory.grown];
    for (const each of now) tf.keep(each);
    for (const each of [...(before?.fixed ?? []), ...(before?.grown ?? [])]) if (!now.includes(each)) each.dispose();
    memories.set(application, memory);
  };

  const perform = ({ application, rule, isWritten }: Step, values: Map<Flowing, Tf.Tensor>): void => {
    const inputs = application.inputs.map((each, at) => {
      const value = values.get(each) ?? read.get(each);
      if (value === undefined) throw new Error(`${application.layer.name} has an input that nothing gives`);
      // Only asked for at the first position: a memory keeps what follows from it.
      return isWritten[at] === true || position > 0 ? value : tf.gather(value, examples);
    });
    const memory = memories.get(application);
    const stepped = rule.step({ tf, layer: application.layer, inputs, isWritten, position, memory });
    if (stepped.memory !== undefined) remember(application, stepped.memory);
    const [output] = application.outputs;
    if (output !== undefined) values.set(output, stepped.output);
  };

  return {
    next(tokens, parents) {
      rearrange(parents);
      const result = tf.tidy(() => {
        const ids = tf.tensor2d(Float32Array.from(tokens), [tokens.length, 1]);
        const values = new Map<Flowing, Tf.Tensor>([[plan.written, ids]]);
        for (const step of steps) perform(step, values);
        const output = values.get(plan.output);
        if (output === undefined) throw new Error("nothing gives the output");
        return logProbabilities(tf, plan, output);
      });
      position += 1;
      return result;
    },
    dispose() {
      for (const { fixed, grown } of memories.values()) tf.dispose([...fixed, ...grown]);
      memories.clear();
      tf.dispose([...read.values()].filter((each) => each !== source));
    },
  };
}

/** What follows from the source alone, and is needed where something is written. */
function readOnce(tf: TF, { once, steps, source: input }: WritingPlan, source: Tf.Tensor | undefined) {
  const needed = new Set(steps?.flatMap(({ application }) => application.inputs));
  const kept = new Map<Flowing, Tf.Tensor>();
  tf.tidy(() => {
    const values = new Map<Flowing, Tf.Tensor>();
    if (input !== undefined && source !== undefined) values.set(input, source);
    for (const { layer, inputs, outputs } of once) {
      const given = inputs.map((each) => values.get(each) as Tf.Tensor);
      for (const [at, value] of allApplied(layer, given).entries()) {
        const output = outputs[at];
        if (output !== undefined) values.set(output, value);
      }
    }
    for (const [flowing, value] of values) if (needed.has(flowing)) kept.set(flowing, tf.keep(value));
  });
  return kept;
}

const isIdentity = (parents: Int32Array, count: number): boolean =>
  parents.length === count && parents.every((parent, at) => parent === at);
