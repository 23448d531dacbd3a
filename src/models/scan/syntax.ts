/** Small questions that are asked of a syntax tree. */
import type { CallExpression, ClassMethod, Expression, Function as FunctionNode, Node } from "@babel/types";

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

export function propertyName(node: Node): string | undefined {
  if (node.type === "Identifier") return node.name;
  return node.type === "StringLiteral" ? node.value : undefined;
}

/** `a` of `a.b.c`. */
export function rootName(node: Node): string | undefined {
  if (node.type === "Identifier") return node.name;
  return node.type === "MemberExpression" ? rootName(node.object) : undefined;
}

/** Calls `visit` for `node` and everything below, in the order of the text; not below where it says `false`. */
export function walk(node: Node, visit: (node: Node) => unknown): void {
  if (visit(node) === false) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === "loc" || key.endsWith("Comments")) continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit);
  }
}

/** All names that occur. */
export function namesIn(nodes: readonly Node[]): readonly string[] {
  const names: string[] = [];
  for (const node of nodes) {
    walk(node, (each) => {
      if (each.type === "Identifier") names.push(each.name);
    });
  }
  return names;
}

export function collectCalls(node: Node): CallExpression[] {
  const calls: CallExpression[] = [];
  walk(node, (each) => {
    if (each.type === "CallExpression") calls.push(each);
  });
  return calls;
}

/** Below `as`, `satisfies`, `!`, `await` and brackets. */
export function bare(node: Node): Node {
  switch (node.type) {
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSNonNullExpression":
    case "ParenthesizedExpression":
      return bare(node.expression);
    case "AwaitExpression":
      return bare(node.argument);
    default:
      return node;
  }
}

export type AnyFunction = FunctionNode | ClassMethod;

export function asFunction(node: Node): AnyFunction | undefined {
  const inner = bare(node);
  switch (inner.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
    case "ObjectMethod":
    case "ClassMethod":
      return inner;
    default:
      return undefined;
  }
}

/** What a function gives back, functions inside of it left out. */
export function collectReturned(node: AnyFunction): Node[] {
  if (node.body.type !== "BlockStatement") return [bare(node.body)];
  const returned: Expression[] = [];
  walk(node.body, (each) => {
    if (asFunction(each) !== undefined) return false;
    if (each.type === "ReturnStatement" && each.argument) returned.push(each.argument);
    return true;
  });
  return returned.map(bare);
}

/** How many of its parameters have to be given. */
export function requiredParameters(node: AnyFunction): number {
  return node.params.filter(
    (each) =>
      each.type !== "AssignmentPattern" && each.type !== "RestElement" && !("optional" in each && each.optional),
  ).length;
}
