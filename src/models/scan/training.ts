/** Trainings that a file begins itself: a run takes their model, and what follows them is never executed. */
import type { CallExpression, Node } from "@babel/types";
import { asFunction, propertyName } from "./syntax.ts";
import { endOfFirstAwait, type Step } from "./uses.ts";

/** Of a model. */
export const TRAINING_METHODS = ["fit", "fitDataset", "trainOnBatch"] as const;

export type TrainingMethod = (typeof TRAINING_METHODS)[number];

export function isTraining({ callee }: CallExpression): boolean {
  return callee.type === "MemberExpression" && isTrainingMethod(propertyName(callee.property) ?? "");
}

export const isTrainingMethod = (name: string): boolean => TRAINING_METHODS.some((method) => method === name);

/** Around a training that a function cannot do without. */
const CERTAIN = /^(BlockStatement|ExpressionStatement|VariableDeclaration|VariableDeclarator|AssignmentExpression)$/;

/** Offset behind the first training that the function waits for, whatever happens before; infinite where there is none. */
const endOfTraining = (root: Node): number =>
  endOfFirstAwait(
    root,
    ({ argument }, between) =>
      argument.type === "CallExpression" &&
      isTraining(argument) &&
      between.every(({ node }) => CERTAIN.test(node.type)),
  );

/** A function that is asked whether the end of a path lies behind a training, in one of the functions around it. */
export function behindTraining(): (path: readonly Step[]) => boolean {
  const ends = new Map<Node, number>();
  const endOf = (node: Node): number => {
    const end = ends.get(node) ?? endOfTraining(node);
    ends.set(node, end);
    return end;
  };
  return (path) => {
    const start = path.at(-1)?.node.start ?? 0;
    return path.some(({ node }) => asFunction(node) === node && start > endOf(node));
  };
}
