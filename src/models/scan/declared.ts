/** What a file declares at its top, and under which names others get it: ES modules and CommonJS. */
import type { AssignmentExpression, Expression, Node, Statement } from "@babel/types";
import { type Member, membersOfClass, membersOfObject } from "./members.ts";
import { asFunction, bare, isNode, propertyName, walk } from "./syntax.ts";

/** A top-level function or value, or a member of a top-level class or object. */
export interface Declared {
  /** What to call it. */
  readonly name: string;
  /** What the training process asks for: the name of the export, else of the declaration; `Class.method` for a member. */
  readonly address: string;
  readonly isExported: boolean;
  readonly node: Node;
  readonly start: number;
  readonly end: number;
  /** Where it belongs to an object that has to be made first. */
  readonly isOfInstance?: true;
  /** It may keep what it makes in `this`. */
  readonly isMember?: true;
}

/** A name of the file, `nets.build` too, that others get under another or the same one. */
export interface Forwarded {
  readonly exportName: string;
  readonly local: string;
  /** What exports it. */
  readonly place: Node;
}

export interface Declarations {
  /** In the order of the text; what is exported under several names is there as often. */
  readonly declared: readonly Declared[];
  /** What is exported by its name, declared here or not. */
  readonly forwarded: readonly Forwarded[];
}

export function collectDeclared(statements: readonly Statement[]): Declarations {
  const declared: Declared[] = [];
  const named: Forwarded[] = [];
  const add = (name: string, node: Node, whole: Node, exportName?: string): void => {
    declared.push({
      name,
      address: exportName ?? name,
      isExported: exportName !== undefined,
      node,
      start: whole.start ?? 0,
      end: whole.end ?? 0,
    });
  };
  const addMembers = (owner: string, members: readonly Member[], isExported: boolean): void => {
    for (const { name: member, node, place, isOfInstance } of members) {
      const name = member === undefined ? owner : `${owner}.${member}`;
      const [start, end] = [place.start ?? 0, place.end ?? 0];
      const of = isOfInstance ? { isOfInstance } : {};
      declared.push({ name, address: name, isExported, node, start, end, isMember: true, ...of });
    }
  };
  /** Declared without a value, which a later statement gives them. */
  const open = new Set<string>();
  const addGiven = (statement: Statement): void =>
    walk(statement, (each) => {
      if (each.type === "AssignmentExpression" && each.left.type === "Identifier" && open.has(each.left.name)) {
        add(each.left.name, each.right, each);
      }
      return asFunction(each) === undefined;
    });
  const addAll = (statement: Statement, whole: Statement, isExported: boolean): void => {
    if (statement.type === "FunctionDeclaration" && statement.id) {
      add(statement.id.name, statement, whole, isExported ? statement.id.name : undefined);
    } else if (statement.type === "ClassDeclaration" && statement.id) {
      addMembers(statement.id.name, membersOfClass(statement.body), isExported);
    } else if (statement.type === "VariableDeclaration") {
      for (const { id, init } of statement.declarations) {
        if (id.type !== "Identifier") continue;
        if (!init) {
          open.add(id.name);
          continue;
        }
        const inner = bare(init);
        if (inner.type === "ClassExpression") addMembers(id.name, membersOfClass(inner.body), isExported);
        else if (inner.type === "ObjectExpression") addMembers(id.name, membersOfObject(inner), isExported);
        else add(id.name, init, whole, isExported ? id.name : undefined);
      }
    }
  };
  for (const statement of statements) {
    if (statement.type === "ExportNamedDeclaration") {
      if (statement.declaration) addAll(statement.declaration, statement, true);
      if (statement.source || statement.exportKind === "type") continue;
      for (const specifier of statement.specifiers) {
        if (specifier.type !== "ExportSpecifier") continue;
        const exportName = propertyName(specifier.exported) ?? "";
        named.push({ exportName, local: specifier.local.name, place: specifier });
      }
    } else if (statement.type === "ExportDefaultDeclaration") {
      const value = bare(statement.declaration);
      const local = dottedName(value);
      if (local !== undefined) named.push({ exportName: "default", local, place: statement });
      else if (value.type === "ClassDeclaration") {
        addMembers(
          value.id?.name ?? "default",
          membersOfClass(value.body),
          value.id !== undefined && value.id !== null,
        );
      } else if (value.type === "ObjectExpression") {
        addMembers("default", membersOfObject(value), true);
      } else {
        add(("id" in value && isNode(value.id) && propertyName(value.id)) || "default", value, statement, "default");
      }
    } else if (statement.type === "ExpressionStatement" && statement.expression.type === "AssignmentExpression") {
      addCommonJs(statement.expression, statement, add, named);
      addGiven(statement);
    } else if (/^(If|Try|Block)Statement$/.test(statement.type)) {
      addGiven(statement);
    } else {
      addAll(statement, statement, false);
    }
  }
  return {
    declared: withNames(declared, named).sort((a, b) => a.start - b.start),
    forwarded: named,
  };
}

/** A local name that is exported is known by its exports, a method by those of its class; one that is not, by itself. */
function withNames(declared: readonly Declared[], named: readonly Forwarded[]): Declared[] {
  return declared.flatMap((entry): Declared[] => {
    const [className = "", method] = entry.name.split(".");
    const exports = named.flatMap(({ local, exportName }): Declared[] => {
      if (local === entry.name) return [{ ...entry, address: exportName, isExported: true }];
      if (method === undefined || local !== className || exportName === "default") return [];
      return [{ ...entry, address: `${exportName}.${method}`, isExported: true }];
    });
    return entry.isExported || exports.length === 0 ? [entry, ...exports] : exports;
  });
}

/** `module.exports = …`, `exports.name = …` and `module.exports.name = …`. */
function addCommonJs(
  { left, right }: AssignmentExpression,
  whole: Statement,
  add: (name: string, node: Node, whole: Node, exportName: string) => void,
  named: Forwarded[],
): void {
  const exportName = commonJsName(left);
  if (exportName === undefined) return;
  const give = (name: string, value: Node, place: Node): void => {
    const inner = bare(value);
    const local = dottedName(inner);
    if (local !== undefined) named.push({ exportName: name, local, place });
    else if (asFunction(inner) !== undefined || inner.type === "CallExpression") add(name, inner, place, name);
  };
  const value = bare(right);
  if (exportName !== "default" || value.type !== "ObjectExpression") give(exportName, value, whole);
  else
    for (const property of value.properties) {
      if (property.type === "SpreadElement") continue;
      const name = propertyName(property.key);
      if (name !== undefined) give(name, property.type === "ObjectMethod" ? property : property.value, property);
    }
}

/** `nets.build` for what is written like that. */
function dottedName(node: Node): string | undefined {
  if (node.type === "Identifier") return node.name;
  if (node.type !== "MemberExpression" || node.computed || node.object.type !== "Identifier") return undefined;
  return `${node.object.name}.${propertyName(node.property)}`;
}

/** What `module.exports` is set to. */
export function moduleExportsOf(statement: Statement): Expression | undefined {
  if (statement.type !== "ExpressionStatement" || statement.expression.type !== "AssignmentExpression")
    return undefined;
  const { left, right } = statement.expression;
  return commonJsName(left) === "default" ? right : undefined;
}

/** `module.exports = …`, `exports.name = …`. */
export const isCommonJsExport = (statement: Statement): boolean =>
  statement.type === "ExpressionStatement" &&
  statement.expression.type === "AssignmentExpression" &&
  commonJsName(statement.expression.left) !== undefined;

/** `default` for `module.exports` itself. */
function commonJsName(node: Node): string | undefined {
  if (node.type !== "MemberExpression" || node.computed) return undefined;
  const property = propertyName(node.property);
  const isModuleExports = (of: Node): boolean =>
    of.type === "MemberExpression" &&
    of.object.type === "Identifier" &&
    of.object.name === "module" &&
    propertyName(of.property) === "exports";
  if (isModuleExports(node)) return "default";
  const isExports = node.object.type === "Identifier" && node.object.name === "exports";
  return isExports || isModuleExports(node.object) ? property : undefined;
}
