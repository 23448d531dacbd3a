/** Values for the parameters of a user's function, by their names. */
import type { Node } from "@babel/types";
import { distance } from "fastest-levenshtein";
import { usageError, type WhittleError } from "../protocol/errors.ts";
import { isConstructor, membersOfClass } from "./scan/members.ts";
import { type Parameter, parametersOf } from "./scan/parameters.ts";
import { asFunction } from "./scan/syntax.ts";

/** Names → values as in JSON. */
export type Arguments = Readonly<Record<string, unknown>>;

export type BuilderFunction = (...given: never[]) => unknown;

/**
 * In the order of the function's parameters.
 * @param what the function, for messages
 * @throws WhittleError (usage) that names a parameter without a value, or a value without a parameter
 */
export type OrderArguments = (given: Arguments, what: string) => never[];

/** Reads the parameters from the function's own text; the parser is loaded where there are any. */
export async function argumentsOf(of: BuilderFunction): Promise<OrderArguments> {
  const takesNone = of.length === 0 && /^[^({]*\(\s*\)/.test(of.toString());
  const parameters = takesNone ? [] : await readParameters(of.toString());
  return (given, what) => order(parameters, given, what);
}

function order(parameters: readonly Parameter[], given: Arguments, what: string): never[] {
  for (const name of Object.keys(given)) {
    if (!parameters.some((each) => each.name === name)) throw unknownName(name, parameters, what);
  }
  const missing = parameters.filter(({ name, isRequired }) => isRequired && !Object.hasOwn(given, name));
  const [first] = missing;
  if (first !== undefined) {
    throw usageError(
      `${what} needs a value for ${missing.map(({ name }) => name).join(", ")}.`,
      `Give one: --arg ${first.name}=…, or "args": { "${first.name}": … } in a settings file.`,
    );
  }
  const values: unknown[] = [];
  for (const { name, index, property } of parameters) {
    const isGiven = Object.hasOwn(given, name);
    if (property === undefined) values[index] = given[name];
    else if (isGiven) values[index] = { ...(values[index] as object | undefined), [property]: given[name] };
  }
  // Whether they fit only the function can tell.
  return values as never[];
}

/** Of a method, an async function, an arrow, or a class, whose constructor takes them. */
async function readParameters(text: string): Promise<readonly Parameter[]> {
  const { parseExpression } = await import("@babel/parser");
  for (const source of [`(${text})`, `({ ${text} })`]) {
    try {
      const expression = parseExpression(source);
      const inner = expression.type === "ObjectExpression" ? expression.properties[0] : expression;
      const node = inner === undefined ? undefined : asFunction(constructorOf(inner) ?? inner);
      if (node !== undefined) return parametersOf(node);
    } catch {
      // Methods are no expressions, and functions no members: the other form is.
    }
  }
  // A built-in or a bound function: it says nothing.
  return [];
}

function constructorOf(node: Node): Node | undefined {
  return node.type === "ClassExpression" ? membersOfClass(node.body).find(isConstructor)?.node : undefined;
}

function unknownName(name: string, parameters: readonly Parameter[], what: string): WhittleError {
  const names = parameters.map((each) => each.name);
  const near = names.find((each) => distance(each, name) <= 2);
  return usageError(
    names.length === 0 ? `${what} takes no arguments.` : `${what} has no parameter "${name}".`,
    names.length === 0
      ? `Leave out ${name}.`
      : `${near === undefined ? "" : `Did you mean "${near}"? `}It takes: ${names.join(", ")}.`,
  );
}
