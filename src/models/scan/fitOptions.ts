/** What a file trains its model with: the numbers that it gives `fit`, where they can be read. */
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

const FITS: Readonly<Record<keyof FitOptions, (value: number) => boolean>> = {
  batchSize: isCount,
  epochs: isCount,
  validationSplit: (value) => value > 0 && value < 1,
};

/** Those that all trainings of the file agree on; undefined where there are none. @param constants of its top */
export function findFitOptions(statements: readonly Node[], constants: Constants): FitOptions | undefined {
  const said = new Map<string, Set<number>>();
  const lookIn = (node: Node, known: Constants): void =>
    walk(node, (each) => {
      if (each !== node && asFunction(each) === each) {
        lookIn(each, constantsIn(each as AnyFunction, known));
        return false;
      }
      for (const [name, value] of each.type === "CallExpression" ? optionsOf(each, known) : []) {
        said.set(name, (said.get(name) ?? new Set()).add(value));
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
    others.length === 0 ? [[name, value] as const] : [],
  );
  return agreed.length === 0 ? undefined : (Object.fromEntries(agreed) as FitOptions);
}

/** Only what can be read, and a setting may be. */
function optionsOf({ callee, arguments: given }: CallExpression, constants: Constants): (readonly [string, number])[] {
  const method = callee.type === "MemberExpression" ? propertyName(callee.property) : undefined;
  const options = given[OPTIONS_AT.get(method ?? "") ?? Number.POSITIVE_INFINITY];
  if (options?.type !== "ObjectExpression") return [];
  return options.properties.flatMap((each): (readonly [string, number])[] => {
    const name = each.type === "ObjectProperty" ? propertyName(each.key) : undefined;
    if (each.type !== "ObjectProperty" || name === undefined || !Object.hasOwn(FITS, name)) return [];
    const value = writtenValue(each.value, constants);
    return typeof value === "number" && FITS[name as keyof FitOptions](value) ? [[name, value]] : [];
  });
}
