/** What of a function is executed when it is called; what waits for an event may never be. */
import type { CallExpression, Node } from "@babel/types";
import { type AnyFunction, asFunction, bare, propertyName, walk } from "./syntax.ts";

/** They keep what they are given until something happens. */
const ON_EVENT =
  /^(addEventListener|addListener|on|once|setTimeout|setInterval|setImmediate|nextTick|queueMicrotask|requestAnimationFrame)$/;
/** Of React, which calls it where there is a page. */
const HOOK = /^use[A-Z]/;

/** @param callee of a call that gets a function */
export const isOnEvent = (callee: Node): boolean => ON_EVENT.test(nameOf(callee));

/** `add` of `net.add`, and of `add`. */
export function nameOf(callee: Node): string {
  const inner = bare(callee);
  return (inner.type === "MemberExpression" ? propertyName(inner.property) : propertyName(inner)) ?? "";
}

/** Of functions inside of it, those calls that are made because the function calls them or gives them to others. */
export function collectExecutedCalls(node: AnyFunction): CallExpression[] {
  const inner = functionsIn(node);
  const calls: CallExpression[] = [];
  const seen = new Set<Node>();
  const look = (root: Node): void => {
    if (seen.has(root)) return;
    seen.add(root);
    walk(root, (each) => {
      if (asFunction(each) === each) return false;
      if (each.type !== "CallExpression") return true;
      calls.push(each);
      const isLater = isOnEvent(each.callee) || HOOK.test(nameOf(each.callee));
      for (const part of isLater ? [each.callee] : [each.callee, ...each.arguments]) {
        const own = part.type === "Identifier" ? inner.get(part.name) : asFunction(part);
        if (own !== undefined) look(own.body);
      }
      return true;
    });
  };
  look(node.body);
  return calls;
}

/** That have a name in it. */
function functionsIn(node: AnyFunction): ReadonlyMap<string, AnyFunction> {
  const functions = new Map<string, AnyFunction>();
  walk(node.body, (each) => {
    if (each.type === "FunctionDeclaration" && each.id) functions.set(each.id.name, each);
    if (each.type !== "VariableDeclarator" || each.id.type !== "Identifier" || !each.init) return;
    const own = asFunction(each.init);
    if (own !== undefined) functions.set(each.id.name, own);
  });
  return functions;
}
