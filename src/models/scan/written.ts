/** Values that are written in the text: numbers, strings, lists, and constants that are one. */
import type { Node } from "@babel/types";
import { type AnyFunction, asFunction, bare, namesIn, propertyName, walk } from "./syntax.ts";

export type Constants = ReadonlyMap<string, unknown>;

/** `const SIZE = 28` among the statements. @param outer those known around them */
export function collectConstants(statements: readonly Node[], outer: Constants = new Map()): Constants {
  const constants = new Map(outer);
  for (const statement of statements) {
    const inner = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    if (inner?.type !== "VariableDeclaration" || inner.kind !== "const") continue;
    for (const { id, init } of inner.declarations) {
      const value = init ? writtenValue(init, constants) : undefined;
      if (id.type === "Identifier" && value !== undefined) constants.set(id.name, value);
    }
  }
  return constants;
}

const CHANGING = /^(push|pop|shift|unshift|splice|fill|copyWithin)$/;

/** Without the lists that are changed somewhere in `nodes`. */
export function withoutChanged(constants: Constants, nodes: readonly Node[]): Constants {
  const changed = new Set<string>();
  for (const node of nodes) {
    walk(node, (each) => {
      if (each.type !== "CallExpression" || each.callee.type !== "MemberExpression") return;
      const { object, property } = each.callee;
      if (object.type === "Identifier" && CHANGING.test(propertyName(property) ?? "")) changed.add(object.name);
    });
  }
  return new Map([...constants].filter(([name]) => !changed.has(name)));
}

/** Of a function: those around it that it does not hide, and its own. */
export function constantsIn(node: AnyFunction, outer: Constants): Constants {
  const hidden = new Set<string>();
  const declared = new Set<string>();
  walk(node, (each) => {
    if (each.type === "VariableDeclarator") {
      for (const name of namesIn([each.id])) (declared.has(name) ? hidden : declared).add(name);
    }
    if (asFunction(each) === each) for (const name of namesIn((each as AnyFunction).params)) hidden.add(name);
  });
  const around = [...outer].filter(([name]) => !declared.has(name));
  const own = node.body.type === "BlockStatement" ? node.body.body : [];
  const constants = [...collectConstants(own, new Map(around))].filter(([name]) => !hidden.has(name));
  return withoutChanged(new Map(constants), own);
}

/** What is written there, as JSON would have it; undefined where only running it would tell. */
export function writtenValue(node: Node, constants: Constants): unknown {
  const inner = bare(node);
  switch (inner.type) {
    case "NumericLiteral":
    case "StringLiteral":
    case "BooleanLiteral":
      return inner.value;
    case "NullLiteral":
      return null;
    case "Identifier":
      return constants.get(inner.name);
    case "UnaryExpression": {
      const value = inner.operator === "-" ? writtenValue(inner.argument, constants) : undefined;
      return typeof value === "number" ? -value : undefined;
    }
    case "ArrayExpression": {
      const values = inner.elements.map((each) => (each === null ? undefined : writtenValue(each, constants)));
      return values.includes(undefined) ? undefined : values;
    }
    default:
      return undefined;
  }
}
