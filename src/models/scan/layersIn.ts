/** The calls of a file that make layers. */
import type { CallExpression, Node } from "@babel/types";
import { type Bindings, resolveName } from "./bindings.ts";
import { calleeName } from "./builders.ts";
import type { FoundLayer } from "./found.ts";
import { asFunction, collectCalls, collectReturned, propertyName } from "./syntax.ts";

function asLayer(call: CallExpression, bindings: Bindings): FoundLayer | undefined {
  const kind = /^(?:tf|whittle)\.layers\.(\w+)$/.exec(resolveName(call.callee, bindings) ?? "")?.[1];
  if (kind === undefined) return undefined;
  return { start: call.start ?? 0, end: call.end ?? 0, kind, ...nameIn(call.arguments[0]) };
}

/** The layer's name as its options give it. */
function nameIn(options: CallExpression["arguments"][number] | undefined): Pick<FoundLayer, "name" | "isNameHidden"> {
  if (options === undefined) return {};
  if (options.type !== "ObjectExpression") return { isNameHidden: true };
  const named = options.properties.find((each) => each.type === "ObjectProperty" && propertyName(each.key) === "name");
  if (named?.type === "ObjectProperty") {
    return named.value.type === "StringLiteral" ? { name: named.value.value } : { isNameHidden: true };
  }
  return options.properties.some((each) => each.type === "SpreadElement") ? { isNameHidden: true } : {};
}

/**
 * The layers in and below `node`, those of the file's own functions whose result it returns included.
 * @param functions by what they are called by, see `calledNames`
 */
export function collectLayers(
  node: Node,
  functions: ReadonlyMap<string, Node>,
  bindings: Bindings,
  seen: Set<Node> = new Set(),
): FoundLayer[] {
  if (seen.has(node)) return [];
  seen.add(node);
  const own = collectCalls(node).flatMap((call) => asLayer(call, bindings) ?? []);
  const inner = asFunction(node);
  const returned = inner === undefined ? [] : collectReturned(inner);
  const below = returned.flatMap((each) => functions.get(calleeName(each) ?? "") ?? []);
  return [...own, ...below.flatMap((each) => collectLayers(each, functions, bindings, seen))];
}
