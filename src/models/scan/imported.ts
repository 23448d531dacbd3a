/** What a file has from other files of the user's own: names that it calls, and definitions that it hands on. */
import type { Expression, Node, Statement } from "@babel/types";
import { type Forwarded, moduleExportsOf } from "./declared.ts";
import type { FoundDefinition } from "./found.ts";
import { bare, propertyName } from "./syntax.ts";

/** By address, as in `Declared`. */
export type Exports = ReadonlyMap<string, FoundDefinition>;

/** What the file that is meant by `./net` exports; nothing for a package. */
export type ExportsOf = (specifier: string) => Exports;

/** By what they are called here, see `calleeName`: `build`, `nets.build`, `Net.make`. */
export type ImportedNames = ReadonlyMap<string, FoundDefinition>;

export function collectImported(statements: readonly Statement[], exportsOf: ExportsOf): ImportedNames {
  const names = new Map<string, FoundDefinition>();
  const addNamed = (local: string, exported: string | undefined, exports: Exports): void => {
    for (const [rest, definition] of withinExport(exports, exported ?? "")) names.set(local + rest, definition);
  };
  const addAll = (local: string, exports: Exports): void => {
    for (const [address, definition] of exports) names.set(`${local}.${address}`, definition);
  };
  /** CommonJS exports the one thing itself, or an object with all. */
  const addWhole = (local: string, exports: Exports): void => {
    addAll(local, exports);
    addNamed(local, "default", exports);
  };
  for (const statement of statements) {
    if (statement.type === "ImportDeclaration" && statement.importKind !== "type") {
      const exports = exportsOf(statement.source.value);
      for (const specifier of statement.specifiers) {
        const local = specifier.local.name;
        if (specifier.type === "ImportSpecifier") addNamed(local, propertyName(specifier.imported), exports);
        else if (specifier.type === "ImportNamespaceSpecifier") addAll(local, exports);
        else addWhole(local, exports);
      }
    } else if (statement.type === "TSImportEqualsDeclaration") {
      const { id, moduleReference } = statement;
      if (moduleReference.type !== "TSExternalModuleReference") continue;
      addWhole(id.name, exportsOf(moduleReference.expression.value));
    } else if (statement.type === "VariableDeclaration") {
      for (const { id, init } of statement.declarations) {
        const value = init ? bare(init) : undefined;
        if (value === undefined) continue;
        const member = value.type === "MemberExpression" && !value.computed ? value : undefined;
        const source = requiredSource(member?.object ?? value);
        if (source === undefined) continue;
        const exports = exportsOf(source);
        if (id.type === "Identifier" && member !== undefined) addNamed(id.name, propertyName(member.property), exports);
        else if (id.type === "Identifier") addWhole(id.name, exports);
        else if (id.type === "ObjectPattern" && member === undefined) {
          for (const property of id.properties) {
            if (property.type !== "ObjectProperty" || property.value.type !== "Identifier") continue;
            addNamed(property.value.name, propertyName(property.key), exports);
          }
        }
      }
    }
  }
  return names;
}

/**
 * Definitions of other files that this one exports. They stand where they are exported, and none of their layers is here.
 * @param forwarded names that it exports, among them those of imports
 */
export function collectReexported(
  statements: readonly Statement[],
  forwarded: readonly Forwarded[],
  imported: ImportedNames,
  exportsOf: ExportsOf,
): FoundDefinition[] {
  const found: FoundDefinition[] = [];
  const add = (place: Node, from: Exports, name: string | undefined, as: string | undefined, local?: string): void => {
    if (name === undefined || as === undefined) return;
    for (const [rest, definition] of withinExport(from, name)) found.push(handOn(definition, place, as + rest, local));
  };
  for (const statement of statements) {
    if (statement.type === "ExportNamedDeclaration" && statement.source && statement.exportKind !== "type") {
      const exports = exportsOf(statement.source.value);
      for (const specifier of statement.specifiers) {
        if (specifier.type !== "ExportSpecifier") continue;
        add(specifier, exports, specifier.local.name, propertyName(specifier.exported));
      }
    } else if (statement.type === "ExportAllDeclaration" && statement.exportKind !== "type") {
      for (const [address, definition] of exportsOf(statement.source.value)) {
        if (!/^default\b/.test(address)) found.push(handOn(definition, statement, address));
      }
    } else {
      for (const { place, value } of wholesIn(statement)) {
        const source = requiredSource(value);
        for (const [address, definition] of source === undefined ? [] : exportsOf(source)) {
          found.push(handOn(definition, place, address));
        }
      }
    }
  }
  const single = new Map([...imported].filter(([name, { exportName }]) => !isOfNamespace(name, exportName)));
  for (const { place, local, exportName } of forwarded) {
    add(place, local.includes(".") ? imported : single, local, exportName, local);
  }
  return found;
}

/** `nets.build`, where `nets` is all of a file: handing that on gives nobody a model. */
function isOfNamespace(name: string, exportName: string): boolean {
  return name.endsWith(`.${exportName}`);
}

/** `module.exports = require("./net")`, and `...require("./net")` in an object that is exported. */
function wholesIn(statement: Statement): readonly { readonly place: Node; readonly value: Expression }[] {
  const value = moduleExportsOf(statement);
  if (value?.type !== "ObjectExpression") return value === undefined ? [] : [{ place: statement, value }];
  return value.properties.flatMap((each) =>
    each.type === "SpreadElement" ? [{ place: each, value: each.argument }] : [],
  );
}

/** What an export holds: itself, with nothing behind its name, and the methods of a class. */
function withinExport(exports: Exports, name: string): readonly (readonly [string, FoundDefinition])[] {
  return [...exports].flatMap(([address, definition]) =>
    address === name || address.startsWith(`${name}.`) ? [[address.slice(name.length), definition] as const] : [],
  );
}

/** @param local what it is called in this file, where it has a name here */
function handOn(definition: FoundDefinition, place: Node, exportName: string, local?: string): FoundDefinition {
  const { kind, parameters } = definition;
  return {
    name: local ?? (exportName === "default" ? definition.name : exportName),
    exportName,
    kind,
    start: place.start ?? 0,
    end: place.end ?? 0,
    layers: [],
    ...(parameters === undefined ? {} : { parameters }),
  };
}

/** `./net` for `require("./net")` and `await import("./net")`. */
function requiredSource(node: Node): string | undefined {
  const inner = bare(node);
  if (inner.type !== "CallExpression") return undefined;
  const isRequire = inner.callee.type === "Identifier" && inner.callee.name === "require";
  const [argument] = inner.arguments;
  return (isRequire || inner.callee.type === "Import") && argument?.type === "StringLiteral"
    ? argument.value
    : undefined;
}
