/** What a function of the file wants to be given, and what the file itself gives it somewhere. */
import type { CallExpression, NewExpression, Node } from "@babel/types";
import { calledNames, calleeName } from "./builders.ts";
import type { Declared } from "./declared.ts";
import type { FoundParameter } from "./found.ts";
import { type AnyFunction, bare, propertyName, walk } from "./syntax.ts";
import { type Constants, collectConstants, writtenValue } from "./written.ts";

/** A parameter, and where in a call its value stands: an argument, or a property of one. */
export interface Parameter extends FoundParameter {
  readonly index: number;
  readonly property?: string;
}

/** @param whole the file's statements, for calls and constants */
export function collectParameters(
  declared: Declared,
  node: AnyFunction,
  whole: readonly Node[],
): readonly FoundParameter[] {
  const places = parametersOf(node);
  if (places.length === 0) return [];
  const constants = collectConstants(whole);
  const names = new Set(calledNames(declared));
  const calls: (CallExpression | NewExpression)[] = [];
  for (const statement of whole) {
    walk(statement, (each) => {
      if (each.type !== "CallExpression" && each.type !== "NewExpression") return;
      const name = each.type === "CallExpression" ? calleeName(each) : propertyName(each.callee);
      if (names.has(name ?? "")) calls.push(each);
    });
  }
  return places.map(({ index, property, ...parameter }) => {
    const given = calls.map((call) => valueIn(call.arguments[index], property, constants));
    const suggestion = given.find((value) => value !== undefined) ?? parameter.suggestion;
    return suggestion === undefined ? parameter : { ...parameter, suggestion };
  });
}

/** Of a function: a pattern's properties each for itself, the rest left out. */
export function parametersOf(node: AnyFunction): readonly Parameter[] {
  return node.params.flatMap(placesOf);
}

function placesOf(node: AnyFunction["params"][number], index: number): Parameter[] {
  switch (node.type) {
    case "Identifier":
      return [{ index, name: node.name, isRequired: node.optional !== true }];
    case "AssignmentPattern": {
      if (node.left.type === "ObjectPattern") {
        return placesOf(node.left, index).map((each) => ({ ...each, isRequired: false }));
      }
      if (node.left.type !== "Identifier") return [];
      return [{ index, name: node.left.name, isRequired: false, ...suggest(writtenValue(node.right, new Map())) }];
    }
    case "ObjectPattern":
      return node.properties.flatMap((each): Parameter[] => {
        const property = each.type === "ObjectProperty" ? propertyName(each.key) : undefined;
        if (each.type !== "ObjectProperty" || property === undefined) return [];
        const { value } = each;
        const own = { index, property, name: property };
        return value.type === "AssignmentPattern"
          ? [{ ...own, isRequired: false, ...suggest(writtenValue(value.right, new Map())) }]
          : [{ ...own, isRequired: true }];
      });
    default:
      return [];
  }
}

const suggest = (suggestion: unknown): Pick<FoundParameter, "suggestion"> =>
  suggestion === undefined ? {} : { suggestion };

function valueIn(argument: Node | undefined, property: string | undefined, constants: Constants): unknown {
  if (argument === undefined) return undefined;
  if (property === undefined) return writtenValue(argument, constants);
  const inner = bare(argument);
  if (inner.type !== "ObjectExpression") return undefined;
  const found = inner.properties.find((each) => each.type === "ObjectProperty" && propertyName(each.key) === property);
  return found?.type === "ObjectProperty" ? writtenValue(found.value, constants) : undefined;
}
