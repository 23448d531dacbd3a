/**
 * Finds model definitions in source text, never by running it: exported functions that build a TensorFlow.js model, and
 * exported `defineExperiment(…)` calls. Names are followed to their imports, so strings, comments and a user's own
 * function called `sequential` are not taken for one. Text that does not parse gives what can be found in the rest.
 */
import type { CallExpression, Expression, Function as FunctionNode, Node, Statement } from "@babel/types";
import type { FoundDefinition, FoundLayer, Scan } from "./found.ts";
import { scanModelJson } from "./scanModelJson.ts";
import { mayDefineModel } from "./signs.ts";
import { parseTopLevel } from "./topLevel.ts";

/** A top-level function or value. */
interface Declared {
  readonly name: string;
  readonly node: Node;
  readonly start: number;
  readonly end: number;
}

interface Exported {
  readonly exportName: string;
  readonly declared: Declared;
}

/** What names at the top of the file stand for: `sequential` → `tf.sequential`, `tf` → `tf`. */
type Bindings = ReadonlyMap<string, string>;

const BUILDERS: ReadonlySet<string> = new Set(["tf.sequential", "tf.model"]);
const TENSORFLOW = /^@tensorflow\/tfjs(-core|-layers|-node|-node-gpu)?$/;

function rootOf(packageName: string): string | undefined {
  if (packageName === "whittle") return "whittle";
  return TENSORFLOW.test(packageName) ? "tf" : undefined;
}

function propertyName(node: Node): string | undefined {
  if (node.type === "Identifier") return node.name;
  return node.type === "StringLiteral" ? node.value : undefined;
}

function collectBindings(statements: readonly Statement[]): Bindings {
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
    } else if (statement.type === "VariableDeclaration") {
      for (const { id, init } of statement.declarations) {
        const root = init ? requiredRoot(init) : undefined;
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

/** `require("@tensorflow/tfjs")` → `tf`. */
function requiredRoot(node: Node): string | undefined {
  if (node.type !== "CallExpression" || node.callee.type !== "Identifier" || node.callee.name !== "require") return;
  const [argument] = node.arguments;
  return argument?.type === "StringLiteral" ? rootOf(argument.value) : undefined;
}

/** `tf.layers.dense` for a callee that leads there through the bindings. */
function resolveName(node: Node, bindings: Bindings): string | undefined {
  if (node.type === "Identifier") return bindings.get(node.name);
  if (node.type !== "MemberExpression" || node.computed) return undefined;
  const object = resolveName(node.object, bindings);
  const property = propertyName(node.property);
  return object !== undefined && property !== undefined ? `${object}.${property}` : undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** Calls `visit` for `node` and everything below, in the order of the text. */
function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const [key, value] of Object.entries(node)) {
    if (key === "loc" || key.endsWith("Comments")) continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit);
  }
}

function collectCalls(node: Node): CallExpression[] {
  const calls: CallExpression[] = [];
  walk(node, (each) => {
    if (each.type === "CallExpression") calls.push(each);
  });
  return calls;
}

/** Below `as`, `satisfies`, `!` and brackets. */
function bare(node: Node): Node {
  switch (node.type) {
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSNonNullExpression":
    case "ParenthesizedExpression":
      return bare(node.expression);
    default:
      return node;
  }
}

function asFunction(node: Node): FunctionNode | undefined {
  const inner = bare(node);
  const isFunction =
    inner.type === "FunctionDeclaration" ||
    inner.type === "FunctionExpression" ||
    inner.type === "ArrowFunctionExpression";
  return isFunction ? inner : undefined;
}

/** It is called without arguments. */
function needsArguments(node: FunctionNode): boolean {
  return node.params.some(
    (each) =>
      each.type !== "AssignmentPattern" && each.type !== "RestElement" && !("optional" in each && each.optional),
  );
}

/** Names of the file's own functions whose result is returned: `return build(300)`, `() => build(300)`. */
function collectReturnedCalls(node: FunctionNode): string[] {
  const results: Expression[] =
    node.type === "ArrowFunctionExpression" && isNode(node.body) && node.body.type !== "BlockStatement"
      ? [node.body]
      : [];
  walk(node.body, (each) => {
    if (each.type === "ReturnStatement" && each.argument) results.push(each.argument);
  });
  return results.flatMap((each) => {
    const result = bare(each.type === "AwaitExpression" ? each.argument : each);
    return result.type === "CallExpression" && result.callee.type === "Identifier" ? [result.callee.name] : [];
  });
}

function collectDeclared(statements: readonly Statement[]): { declared: Declared[]; exported: Exported[] } {
  const declared: Declared[] = [];
  const exported: Exported[] = [];
  const named: { exportName: string; local: string }[] = [];
  const declare = (name: string, node: Node, whole: Statement, exportName?: string) => {
    const entry = { name, node, start: whole.start ?? 0, end: whole.end ?? 0 };
    declared.push(entry);
    if (exportName !== undefined) exported.push({ exportName, declared: entry });
  };
  const declareAll = (statement: Statement, whole: Statement, isExported: boolean) => {
    if (statement.type === "FunctionDeclaration" && statement.id) {
      declare(statement.id.name, statement, whole, isExported ? statement.id.name : undefined);
    } else if (statement.type === "VariableDeclaration") {
      for (const { id, init } of statement.declarations) {
        if (id.type === "Identifier" && init) declare(id.name, init, whole, isExported ? id.name : undefined);
      }
    }
  };
  for (const statement of statements) {
    if (statement.type === "ExportNamedDeclaration") {
      if (statement.declaration) declareAll(statement.declaration, statement, true);
      if (statement.source || statement.exportKind === "type") continue;
      for (const specifier of statement.specifiers) {
        if (specifier.type !== "ExportSpecifier") continue;
        named.push({ exportName: propertyName(specifier.exported) ?? "", local: specifier.local.name });
      }
    } else if (statement.type === "ExportDefaultDeclaration") {
      const value = bare(statement.declaration);
      if (value.type === "Identifier") named.push({ exportName: "default", local: value.name });
      else
        declare(
          ("id" in value && isNode(value.id) && propertyName(value.id)) || "default",
          value,
          statement,
          "default",
        );
    } else {
      declareAll(statement, statement, false);
    }
  }
  for (const { exportName, local } of named) {
    const entry = declared.find((each) => each.name === local);
    if (entry) exported.push({ exportName, declared: entry });
  }
  return { declared, exported };
}

function asLayer(call: CallExpression, bindings: Bindings): FoundLayer | undefined {
  const kind = /^tf\.layers\.(\w+)$/.exec(resolveName(call.callee, bindings) ?? "")?.[1];
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

/** The layers in and below `node`, those of the file's own functions that it returns included. */
function collectLayers(
  node: Node,
  functions: ReadonlyMap<string, Node>,
  bindings: Bindings,
  seen: Set<Node>,
): FoundLayer[] {
  if (seen.has(node)) return [];
  seen.add(node);
  const own = collectCalls(node).flatMap((call) => asLayer(call, bindings) ?? []);
  const inner = asFunction(node);
  const below = inner ? collectReturnedCalls(inner).flatMap((name) => functions.get(name) ?? []) : [];
  return [...own, ...below.flatMap((each) => collectLayers(each, functions, bindings, seen))];
}

/** Names of the top-level functions that build a model, themselves or through another one whose result they return. */
function collectBuilders(functions: ReadonlyMap<string, Node>, bindings: Bindings): ReadonlySet<Node> {
  const builders = new Set<Node>();
  for (const node of functions.values()) {
    if (collectCalls(node).some((call) => BUILDERS.has(resolveName(call.callee, bindings) ?? ""))) builders.add(node);
  }
  for (let before = -1; before !== builders.size; ) {
    before = builders.size;
    for (const node of functions.values()) {
      const inner = asFunction(node);
      const called = inner ? collectReturnedCalls(inner).flatMap((name) => functions.get(name) ?? []) : [];
      if (called.some((each) => builders.has(each))) builders.add(node);
    }
  }
  return builders;
}

/** The function that `defineExperiment({ model: … })` names or holds. */
function modelOf(
  call: CallExpression,
  functions: ReadonlyMap<string, Node>,
): { readonly node?: Node | undefined; readonly name?: string } {
  const [definition] = call.arguments;
  if (definition?.type !== "ObjectExpression") return {};
  for (const property of definition.properties) {
    if (property.type === "ObjectMethod" && propertyName(property.key) === "model") return { node: property };
    if (property.type !== "ObjectProperty" || propertyName(property.key) !== "model") continue;
    const { value } = property;
    return value.type === "Identifier" ? { node: functions.get(value.name), name: value.name } : { node: value };
  }
  return {};
}

/** All definitions in the order of the text. `fileName` only tells the language by its ending. Never throws. */
export function scanDefinitions(text: string, fileName: string): readonly FoundDefinition[] {
  return scanText(text, fileName).definitions;
}

/** What `scanDefinitions` finds, and whether the text could be read to its end. Never throws. */
export function scanText(text: string, fileName: string): Scan {
  if (!mayDefineModel(text, fileName)) return { definitions: [], isWhole: true };
  if (fileName.endsWith(".json")) return scanModelJson(text);
  const { statements, isWhole } = parseTopLevel(text, fileName);
  const bindings = collectBindings(statements);
  const { declared, exported } = collectDeclared(statements);
  const functions = new Map(declared.filter(({ node }) => asFunction(node)).map(({ name, node }) => [name, node]));
  const builders = collectBuilders(functions, bindings);

  const found = exported.flatMap(({ exportName, declared: { name, node, start, end } }): FoundDefinition[] => {
    const inner = bare(node);
    const head = { name, exportName, start, end };
    if (inner.type === "CallExpression" && resolveName(inner.callee, bindings) === "whittle.defineExperiment") {
      const model = modelOf(inner, functions);
      const layers = model.node ? collectLayers(model.node, functions, bindings, new Set()) : [];
      return [{ ...head, kind: "experiment", layers, ...(model.name === undefined ? {} : { modelName: model.name }) }];
    }
    const own = asFunction(node);
    if (!own || !builders.has(node) || needsArguments(own)) return [];
    return [{ ...head, kind: "function", layers: collectLayers(node, functions, bindings, new Set()) }];
  });
  return { definitions: found.sort((a, b) => a.start - b.start), isWhole };
}
