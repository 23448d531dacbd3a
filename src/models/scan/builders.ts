/** Which functions of a file give back a model, themselves or through others of the file. */
import type { Node } from "@babel/types";
import { type Bindings, resolveName } from "./bindings.ts";
import type { Declared } from "./declared.ts";
import {
  type AnyFunction,
  asFunction,
  bare,
  collectCalls,
  collectReturned,
  namesIn,
  propertyName,
  rootName,
  walk,
} from "./syntax.ts";

const BUILDERS: ReadonlySet<string> = new Set(["tf.sequential", "tf.model"]);

export function makesModel(node: Node, bindings: Bindings): boolean {
  const inner = bare(node);
  return inner.type === "CallExpression" && BUILDERS.has(resolveName(inner.callee, bindings) ?? "");
}

/** Whether a model is made anywhere below. */
export function usesModel(node: Node, bindings: Bindings): boolean {
  return collectCalls(node).some((call) => makesModel(call, bindings));
}

/** What a function of the file is called by in it: its name, or `this.method` inside of its class. */
export function calledNames({ name }: Declared): readonly string[] {
  const [className, method] = name.split(".");
  return method === undefined ? [name] : [`${className}.${method}`, `this.${method}`];
}

/** `build` for `build(…)`, `this.build` for `this.build(…)`. */
export function calleeName(node: Node): string | undefined {
  const inner = bare(node);
  if (inner.type !== "CallExpression") return undefined;
  const { callee } = inner;
  if (callee.type === "Identifier") return callee.name;
  if (callee.type !== "MemberExpression" || callee.computed) return undefined;
  const property = propertyName(callee.property);
  if (callee.object.type === "ThisExpression") return `this.${property}`;
  return callee.object.type === "Identifier" ? `${callee.object.name}.${property}` : undefined;
}

/**
 * Of the declared functions, those that return a model, an array that holds one, or an object that does.
 * @param imported functions of other files that do, as `calleeName` calls them
 */
export function collectBuilders(
  declared: readonly Declared[],
  bindings: Bindings,
  imported: ReadonlySet<string>,
): ReadonlySet<Node> {
  const functions = declared.flatMap((each) => {
    const node = asFunction(each.node);
    return node === undefined ? [] : [{ node, key: each.node, names: calledNames(each) }];
  });
  const builders = new Set<Node>();
  const known = new Set(imported);
  for (let before = -1; before !== builders.size; ) {
    before = builders.size;
    for (const { node, key, names } of functions) {
      if (builders.has(key) || !returnsModel(node, bindings, known)) continue;
      builders.add(key);
      for (const name of names) known.add(name);
    }
  }
  return builders;
}

/** @param known functions that do, as `calleeName` calls them */
export function returnsModel(node: AnyFunction, bindings: Bindings, known: ReadonlySet<string>): boolean {
  return collectReturned(node).some(modelTest(node, bindings, known));
}

/**
 * Whether a function leaves a model that it makes itself where other code finds it: in a variable around it, or in a property.
 * @param isMember of a class or an object, which `this` is
 */
export function keepsModel(node: AnyFunction, bindings: Bindings, isMember: boolean): boolean {
  const isModel = modelTest(node, bindings, new Set());
  const local = new Set(namesIn(node.params));
  const kept: Node[] = [];
  walk(node.body, (each) => {
    if (each.type === "VariableDeclarator") for (const name of namesIn([each.id])) local.add(name);
    if (each.type === "AssignmentExpression") kept.push(each);
    return asFunction(each) === undefined;
  });
  return kept.some((each) => {
    if (each.type !== "AssignmentExpression" || !isModel(each.right)) return false;
    const root = rootName(each.left);
    return root === undefined ? isMember && isOfThis(each.left) : !local.has(root);
  });
}

function isOfThis(node: Node): boolean {
  return node.type === "ThisExpression" || (node.type === "MemberExpression" && isOfThis(node.object));
}

/** Whether an expression in a function is a model, an array that holds one, or an object that does. */
function modelTest(
  node: AnyFunction,
  bindings: Bindings,
  known: ReadonlySet<string>,
): (each: Node | null | undefined) => boolean {
  const values = assignedIn(node);
  /** @param seen names that lead here: one that is set to itself ends there */
  const isModelOf = (each: Node | null | undefined, seen: readonly string[]): boolean => {
    const isModel = (inner: Node | null | undefined): boolean => isModelOf(inner, seen);
    if (!each) return false;
    const inner = bare(each);
    switch (inner.type) {
      case "CallExpression":
        if (calleeName(inner) === "Promise.resolve") return isModel(inner.arguments[0]);
        return makesModel(inner, bindings) || known.has(calleeName(inner) ?? "");
      case "Identifier":
      case "MemberExpression": {
        const name = nameSet(inner);
        if (name === undefined || seen.includes(name)) return false;
        return (values.get(name) ?? []).some((value) => isModelOf(value, [...seen, name]));
      }
      case "AssignmentExpression":
        return isModel(inner.right);
      case "ConditionalExpression":
        return isModel(inner.consequent) || isModel(inner.alternate);
      case "LogicalExpression":
        return isModel(inner.left) || isModel(inner.right);
      case "ArrayExpression":
        return inner.elements.some(isModel);
      case "ObjectExpression":
        return inner.properties.some((property) => property.type === "ObjectProperty" && isModel(property.value));
      default:
        return false;
    }
  };
  return (each) => isModelOf(each, []);
}

/** `net` and `this.net`. */
function nameSet(node: Node): string | undefined {
  if (node.type === "Identifier") return node.name;
  const isOwn = node.type === "MemberExpression" && node.object.type === "ThisExpression";
  return isOwn ? `this.${propertyName(node.property)}` : undefined;
}

/** What the variables of a function, and the properties of `this`, are set to in it. */
function assignedIn(node: AnyFunction): ReadonlyMap<string, readonly Node[]> {
  const values = new Map<string, Node[]>();
  const add = (name: string, value: Node): void => void values.set(name, [...(values.get(name) ?? []), value]);
  walk(node.body, (each) => {
    if (each.type === "VariableDeclarator" && each.id.type === "Identifier" && each.init) add(each.id.name, each.init);
    if (each.type !== "AssignmentExpression") return;
    const name = nameSet(each.left);
    if (name !== undefined) add(name, each.right);
  });
  return values;
}
