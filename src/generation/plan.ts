/** How a model is taken apart to write: what depends on what is written, and what is computed once. */
import type * as Tf from "@tensorflow/tfjs";
import { type Application, type Flowing, listApplications } from "../compact/applications.ts";
import { makesMask } from "../layers/makesMask.ts";
import { activationOf } from "../models/losses/logits.ts";
import { stepRuleOf } from "./steps/index.ts";
import type { StepRule } from "./steps/stepRule.ts";

export interface Step {
  readonly application: Application;
  readonly rule: StepRule;
  /** By input of the call. */
  readonly isWritten: readonly boolean[];
}

/** Values before a softmax, or after it. */
export type OutputKind = "logits" | "probabilities";

export interface WritingPlan {
  /** What is read, where the model has an input for that. */
  readonly source: Flowing | undefined;
  /** What has been written so far: the model's last input. */
  readonly written: Flowing;
  /** Calls that depend on the source alone, in their order. */
  readonly once: readonly Application[];
  /** Calls that depend on what is written, in their order; undefined where one of them needs all positions at once. */
  readonly steps: readonly Step[] | undefined;
  /** What the log-probabilities are made of. */
  readonly output: Flowing;
  readonly outputIs: OutputKind;
  /** What the model's own output is. */
  readonly modelGives: OutputKind;
  /** Most tokens that can be written. */
  readonly longest: number;
}

/**
 * Of a model whose last input are the ids that have been written so far, and whose one output says, at each position, which comes next.
 * @returns undefined for any other
 */
export function planWriting(model: Tf.LayersModel): WritingPlan | undefined {
  const { inputs, outputs, applications } = listApplications(model);
  const [output] = outputs;
  const written = inputs.at(-1);
  const last = applications.at(-1);
  const isIds = (flowing: Flowing | undefined): boolean => flowing?.shape.length === 2;
  if (output === undefined || written === undefined || last === undefined) return undefined;
  if (outputs.length > 1 || output.shape.length !== 3 || inputs.length > 2 || !inputs.every(isIds)) return undefined;
  const dependent = new Set<Flowing>([written]);
  const [once, later]: [Application[], Application[]] = [[], []];
  for (const application of applications) {
    const isLater = application.inputs.some((each) => dependent.has(each));
    (isLater ? later : once).push(application);
    if (isLater) for (const each of application.outputs) dependent.add(each);
  }
  if (!dependent.has(output)) return undefined;
  const steps = later.map((application): Step | undefined => {
    const rule = stepRuleOf(application.layer.getClassName());
    const isWritten = application.inputs.map((each) => dependent.has(each));
    const isPlain = Object.keys(application.callArgs).every((name) => rule?.callArgs?.includes(name));
    const isSingle = application.outputs.length === 1;
    return rule?.fits(application, isWritten) && isPlain && isSingle ? { application, rule, isWritten } : undefined;
  });
  // Layers are called one by one, and would not hear of masks.
  const isComplete = steps.every((step) => step !== undefined) && !applications.some(({ layer }) => makesMask(layer));
  const limits = later.map(
    (each) => stepRuleOf(each.layer.getClassName())?.longest?.(each) ?? Number.POSITIVE_INFINITY,
  );
  const squash = activationOf(last.layer);
  const modelGives = squash === "linear" ? "logits" : "probabilities";
  const isSquashedApart = squash === "softmax" && last.layer.getClassName() !== "Dense" && last.outputs[0] === output;
  const logits = isSquashedApart ? last.inputs[0] : undefined;
  return {
    source: inputs.length === 2 ? inputs[0] : undefined,
    written,
    once,
    steps: isComplete ? steps.filter(({ application }) => logits === undefined || application !== last) : undefined,
    output: logits ?? output,
    outputIs: logits === undefined ? modelGives : "logits",
    modelGives,
    longest: Math.min(...limits, written.shape[1] ?? Number.POSITIVE_INFINITY),
  };
}
