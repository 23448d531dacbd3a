/** The object that a layer's call is given. */
import type { CallExpression, Node, ObjectExpression } from "@babel/types";
import { bare, propertyName } from "./syntax.ts";

/** Undefined where it is not written in the call, or holds what is not written there. */
export function optionsOf(call: CallExpression | undefined): ObjectExpression | undefined {
  const [given] = call?.arguments ?? [];
  const options = given && bare(given);
  if (options?.type !== "ObjectExpression") return undefined;
  const isPlain = options.properties.every((each) => each.type !== "SpreadElement" && !each.computed);
  return isPlain ? options : undefined;
}

/** Undefined where the property is not there, or twice, or is a method. */
export function propertyIn(options: ObjectExpression, name: string): Node | undefined {
  const named = options.properties.filter((each) => each.type !== "SpreadElement" && propertyName(each.key) === name);
  const [only] = named;
  return named.length === 1 && only?.type === "ObjectProperty" ? bare(only.value) : undefined;
}

/** A shape whose last length follows from the others. */
export function isOpenShape(shape: Node | undefined): boolean {
  const last = shape?.type === "ArrayExpression" ? shape.elements.at(-1) : undefined;
  if (!last) return false;
  const inner = bare(last);
  return (
    inner.type === "UnaryExpression" &&
    inner.operator === "-" &&
    inner.argument.type === "NumericLiteral" &&
    inner.argument.value === 1
  );
}
