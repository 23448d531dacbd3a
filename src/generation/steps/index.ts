/** All kinds of layers that can be computed position by position. */
import { attention } from "./attention.ts";
import { positionEmbedding, tokenEmbedding } from "./positions.ts";
import { embedding, positionwise } from "./positionwise.ts";
import { recurrent } from "./recurrent.ts";
import type { StepRule } from "./stepRule.ts";

const STEP_RULES: readonly StepRule[] = [
  positionwise,
  embedding,
  recurrent,
  attention,
  tokenEmbedding,
  positionEmbedding,
];

const BY_CLASS: ReadonlyMap<string, StepRule> = new Map(
  STEP_RULES.flatMap((rule) => rule.classes.map((name) => [name, rule] as const)),
);

/** @param className as `getClassName()` says */
export function stepRuleOf(className: string): StepRule | undefined {
  return BY_CLASS.get(className);
}
