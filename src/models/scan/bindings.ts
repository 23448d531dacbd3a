/** What names at the top of a file stand for: `sequential` → `tf.sequential`, `tf` → `tf`. */
import type { Node, Statement } from "@babel/types";
import { bare, namesIn, propertyName } from "./syntax.ts";

export type Bindings = ReadonlyMap<string, string>;

const TENSORFLOW = /^@tensorflow\/tfjs(-core|-layers|-node|-node-gpu)?(\/dist\/.*)?\/?$/;

function rootOf(packageName: string): string | undefined {
  if (packageName === "whittle") return "whittle";
  if (packageName === "whittle/layers") return "whittle.layers";
  return TENSORFLOW.test(packageName) ? "tf" : undefined;
}

export function collectBindings(statements: readonly Statement[]): Bindings {
  const bindings = new Map<string, string>();
  for (const statement of statements) {
    if (statement.type === "ImportDeclaration" && statement.importKind !== "type") {
      const root = rootOf(statement.source.value);
      if (root === undefined) continue;
      for (const specifier of statement.specifiers) {
        const imported = specifier.type === "ImportSpecifier" ? propertyName(specifier.imported) : undefined;
        bindings.set(
          specifier.local.name,
          imported === undefined || imported === "default" ? root : `${root}.${imported}`,
        );
      }
    } else if (statement.type === "TSImportEqualsDeclaration") {
      const { moduleReference } = statement;
      const root =
        moduleReference.type === "TSExternalModuleReference" ? rootOf(moduleReference.expression.value) : undefined;
      if (root !== undefined) bindings.set(statement.id.name, root);
    } else if (statement.type === "VariableDeclaration") {
      for (const { id, init } of statement.declarations) {
        // `const { layers } = tf` goes on from what came before.
        const root = init ? (requiredRoot(bare(init)) ?? resolveName(bare(init), bindings)) : undefined;
        if (root === undefined) continue;
        if (id.type === "Identifier") bindings.set(id.name, root);
        if (id.type !== "ObjectPattern") continue;
        for (const property of id.properties) {
          if (property.type !== "ObjectProperty" || property.value.type !== "Identifier") continue;
          bindings.set(property.value.name, `${root}.${propertyName(property.key)}`);
        }
      }
    }
  }
  return bindings;
}

/** Names that a file has from other modules, of which nothing is known. */
export function collectForeign(statements: readonly Statement[], bindings: Bindings): ReadonlySet<string> {
  const names = statements.flatMap((statement) => {
    if (statement.type === "ImportDeclaration") return statement.specifiers.map(({ local }) => local.name);
    if (statement.type === "TSImportEqualsDeclaration") return [statement.id.name];
    if (statement.type !== "VariableDeclaration") return [];
    return statement.declarations.flatMap(({ id, init }) => (init && isLoaded(init) ? namesIn([id]) : []));
  });
  return new Set(names.filter((name) => !bindings.has(name)));
}

/** `require("./a")`, `await import("./a")`, and what is a part of them. */
function isLoaded(node: Node): boolean {
  const inner = bare(node);
  if (inner.type === "MemberExpression") return isLoaded(inner.object);
  if (inner.type !== "CallExpression") return false;
  const { callee } = inner;
  return callee.type === "Import" || (callee.type === "Identifier" && callee.name === "require");
}

/** `require("@tensorflow/tfjs")` → `tf`. */
function requiredRoot(node: Node): string | undefined {
  if (node.type !== "CallExpression") return undefined;
  const isRequire = node.callee.type === "Identifier" && node.callee.name === "require";
  if (!isRequire && node.callee.type !== "Import") return undefined;
  const [argument] = node.arguments;
  return argument?.type === "StringLiteral" ? rootOf(argument.value) : undefined;
}

/** `tf.layers.dense` for what leads there through the bindings. */
export function resolveName(node: Node, bindings: Bindings): string | undefined {
  if (node.type === "Identifier") return bindings.get(node.name);
  if (node.type !== "MemberExpression" || node.computed) return undefined;
  const object = resolveName(node.object, bindings);
  const property = propertyName(node.property);
  return object !== undefined && property !== undefined ? `${object}.${property}` : undefined;
}
