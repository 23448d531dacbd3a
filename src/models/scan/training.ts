/** Trainings that a file begins itself: a run takes their model, and what follows them is never executed. */
import type { CallExpression, Node } from "@babel/types";
import { asFunction, propertyName } from "./syntax.ts";
import { type Step, walkSteps } from "./uses.ts";

const TRAINING = /^(fit|fitDataset|trainOnBatch)$/;

export function isTraining({ callee }: CallExpression): boolean {
  return callee.type === "MemberExpression" && TRAINING.test(propertyName(callee.property) ?? "");
}

/** Around a training that a function cannot do without. */
const CERTAIN = /^(BlockStatement|ExpressionStatement|VariableDeclaration|VariableDeclarator|AssignmentExpression)$/;

/** Offset behind the first training that the function waits for, whatever happens before; infinite where there is none. */
function endOfTraining(root: Node): number {
  let end = Number.POSITIVE_INFINITY;
  walkSteps([root], (path) => {
    const node = path.at(-1)?.node;
    if (node?.type !== "AwaitExpression" || node.argument.type !== "CallExpression") return;
    if (!isTraining(node.argument) || !path.slice(1, -1).every((step) => CERTAIN.test(step.node.type))) return;
    end = Math.min(end, node.end ?? end);
  });
  return end;
}

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
