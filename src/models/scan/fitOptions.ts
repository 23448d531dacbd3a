/** What a file trains its model with: what it gives `fit`, where that can be read. */
import { isDeepStrictEqual } from "node:util";
import type { CallExpression, Node } from "@babel/types";
import type { FitOptions } from "./found.ts";
import { type AnyFunction, asFunction, propertyName, walk } from "./syntax.ts";
import { type Constants, constantsIn, writtenValue } from "./written.ts";

/** Where its options stand among the arguments. */
const OPTIONS_AT: ReadonlyMap<string, number> = new Map([
  ["fit", 2],
  ["fitDataset", 1],
]);

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;

const numberThat =
  (fits: (value: number) => boolean) =>
  (node: Node, constants: Constants): number | undefined => {
    const value = writtenValue(node, constants);
    return typeof value === "number" && fits(value) ? value : undefined;
  };

type Read = (node: Node, constants: Constants) => unknown;

/** What a run can take over, and as which setting. */
const READ: ReadonlyMap<string, readonly [keyof FitOptions, Read]> = new Map([
  ["batchSize", ["batchSize", numberThat(isCount)]],
  ["epochs", ["epochs", numberThat(isCount)]],
  ["validationSplit", ["validationSplit", numberThat((value) => value > 0 && value < 1)]],
  ["classWeight", ["classWeights", writtenWeights]],
]);

/** Those that all trainings of the file agree on; undefined where there are none. @param constants of its top */
export function findFitOptions(statements: readonly Node[], constants: Constants): FitOptions | undefined {
  const said = new Map<string, unknown[]>();
  const lookIn = (node: Node, known: Constants): void =>
    walk(node, (each) => {
      if (each !== node && asFunction(each) === each) {
        lookIn(each, constantsIn(each as AnyFunction, known));
        return false;
      }
      for (const [name, value] of each.type === "CallExpression" ? optionsOf(each, known) : []) {
        said.set(name, [...(said.get(name) ?? []), value]);
      }
      return true;
    });
  for (const statement of statements) {
    lookIn(
      statement,
      asFunction(statement) === undefined ? constants : constantsIn(statement as AnyFunction, constants),
    );
  }
  const agreed = [...said].flatMap(([name, [value, ...others]]) =>
    others.every((other) => isDeepStrictEqual(other, value)) ? [[name, value] as const] : [],
  );
  return agreed.length === 0 ? undefined : (Object.fromEntries(agreed) as FitOptions);
}

/** Only what can be read, and a setting may be. */
function optionsOf({ callee, arguments: given }: CallExpression, constants: Constants): (readonly [string, unknown])[] {
  const method = callee.type === "MemberExpression" ? propertyName(callee.property) : undefined;
  const options = given[OPTIONS_AT.get(method ?? "") ?? Number.POSITIVE_INFINITY];
  if (options?.type !== "ObjectExpression") return [];
  return options.properties.flatMap((each): (readonly [string, unknown])[] => {
    if (each.type !== "ObjectProperty") return [];
    const [setting, read] = READ.get(propertyName(each.key) ?? "") ?? [];
    const value = read?.(each.value, constants);
    return setting === undefined || value === undefined ? [] : [[setting, value]];
  });
}

/** `{ 0: 1, 1: 5 }` */
function writtenWeights(node: Node, constants: Constants): FitOptions["classWeights"] {
  if (node.type !== "ObjectExpression") return undefined;
  const weights = new Map<string, number>();
  for (const each of node.properties) {
    if (each.type !== "ObjectProperty" || each.computed || each.key.type !== "NumericLiteral") return undefined;
    const weight = writtenValue(each.value, constants);
    if (typeof weight !== "number" || weight < 0) return undefined;
    weights.set(String(each.key.value), weight);
  }
  return weights.size === 0 ? undefined : Object.fromEntries(weights);
}
