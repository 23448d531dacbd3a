/** Where a name is used, and where a place lies in the tree. */
import type { AwaitExpression, Node } from "@babel/types";
import { bare, isNode } from "./syntax.ts";

/** A node, and as what it hangs below its parent. */
export interface Step {
  readonly node: Node;
  readonly parent?: Node;
  /** Of the parent's field. */
  readonly key: string;
}

/** Calls `visit` for all that is below, with the way there, the outermost first; the last one is the node itself. */
export function walkSteps(roots: readonly Node[], visit: (path: readonly Step[]) => void): void {
  const go = (path: readonly Step[], node: Node): void => {
    visit(path);
    for (const [key, value] of Object.entries(node)) {
      if (key === "loc" || key.endsWith("Comments")) continue;
      for (const child of Array.isArray(value) ? value : [value]) {
        if (isNode(child)) go([...path, { node: child, parent: node, key }], child);
      }
    }
  };
  for (const node of roots) go([{ node, key: "" }], node);
}

/** Calls `visit` for all names below, except for properties that are called so, with the way there and its end. */
export function walkNames(
  roots: readonly Node[],
  visit: (name: string, path: readonly Step[], last: Step) => void,
): void {
  walkSteps(roots, (path) => {
    const last = path.at(-1);
    if (last?.node.type === "Identifier" && !isPropertyName(last)) visit(last.node.name, path, last);
  });
}

/** Every place that has the name. */
export function findUses(roots: readonly Node[], name: string): readonly (readonly Step[])[] {
  const uses: (readonly Step[])[] = [];
  walkNames(roots, (found, path) => {
    if (found === name) uses.push(path);
  });
  return uses;
}

/** Offset behind the first `await` of a function that is one of those meant; infinite where there is none. */
export function endOfFirstAwait(
  root: Node,
  isMeant: (node: AwaitExpression, between: readonly Step[]) => boolean,
): number {
  let end = Number.POSITIVE_INFINITY;
  walkSteps([root], (path) => {
    const node = path.at(-1)?.node;
    if (node?.type === "AwaitExpression" && isMeant(node, path.slice(1, -1))) end = Math.min(end, node.end ?? end);
  });
  return end;
}

function isPropertyName({ parent, key }: Step): boolean {
  if (parent === undefined || !("computed" in parent) || parent.computed === true) return false;
  // `{ units }` is a name once, not twice: as the value.
  return key === "property" || key === "key";
}

export interface FoundConstant {
  /** What `const name = 300` gives it, for each such declaration. */
  readonly numbers: readonly Node[];
  /** All other places that have the name; that of an export too. */
  readonly uses: readonly Node[];
}

export function findConstant(roots: readonly Node[], name: string): FoundConstant {
  const numbers: Node[] = [];
  const uses: Node[] = [];
  for (const path of findUses(roots, name)) {
    const [around, declaration, last] = [path.at(-4), path.at(-3), path.at(-1)];
    const declarator = last?.parent;
    const literal =
      declarator?.type === "VariableDeclarator" && declarator.id === last?.node && declarator.init
        ? bare(declarator.init)
        : undefined;
    const isConst = declaration?.node.type === "VariableDeclaration" && declaration.node.kind === "const";
    const isExported = around?.node.type === "ExportNamedDeclaration";
    if (isConst && !isExported && literal?.type === "NumericLiteral") numbers.push(literal);
    else if (last !== undefined) uses.push(last.node);
  }
  return { numbers, uses };
}
