/**
 * Finds model definitions in source text, never by running it: functions and methods that return a TensorFlow.js model, train
 * one, or keep it where other code finds it, models made at the top of the file, and `defineExperiment(…)` calls. Names are
 * followed to their imports, so strings, comments and a user's own function called `sequential` are not taken for one. Text
 * that does not parse gives what can be found in the rest. What comes from other files of the user's own is followed there where the caller can read files.
 */
import type { CallExpression, Node, Statement } from "@babel/types";
import { type Bindings, collectBindings, collectForeign, resolveName } from "./bindings.ts";
import {
  calledNames,
  calleeName,
  collectBuilders,
  keepsModel,
  makesModel,
  returnsModel,
  usesModel,
} from "./builders.ts";
import { collectDeclared, type Declarations, type Declared } from "./declared.ts";
import { collectExecutedCalls } from "./executed.ts";
import { findFitOptions } from "./fitOptions.ts";
import type { FoundDefinition, Hindrance, Scan } from "./found.ts";
import { collectImported, collectReexported, type ExportsOf, type ImportedNames } from "./imported.ts";
import { collectLayers, type LayerSource } from "./layersIn.ts";
import { LocalExports } from "./localExports.ts";
import { type ReadFile, readingOnce } from "./localFiles.ts";
import { collectParameters } from "./parameters.ts";
import { scanModelJson } from "./scanModelJson.ts";
import { mayDefineModel } from "./signs.ts";
import { asFunction, bare, collectCalls, propertyName, walk } from "./syntax.ts";
import { parseTopLevel } from "./topLevel.ts";
import { isTraining } from "./training.ts";
import { collectConstants, withoutChanged } from "./written.ts";

/**
 * All definitions in the order of the text. Never throws.
 * @param fileName tells the language by its ending; with `read`, the absolute path, from which imports are followed
 */
export function scanDefinitions(text: string, fileName: string, read?: ReadFile): readonly FoundDefinition[] {
  return scanText(text, fileName, read).definitions;
}

/** What `scanDefinitions` finds, and whether the text could be read to its end. Never throws. */
export function scanText(text: string, fileName: string, readFile?: ReadFile): Scan {
  const read = readFile && readingOnce(readFile);
  if (!mayDefineModel(text, fileName, read)) return { definitions: [], hindrances: [], isWhole: true };
  if (fileName.endsWith(".json")) return scanModelJson(text);
  const { statements, isWhole } = parseTopLevel(text, fileName);
  const others = read && new LocalExports(read, exportedBy);
  const file = new SourceFile(statements, (specifier) => others?.of(specifier, fileName) ?? new Map());
  return { definitions: file.findDefinitions(), hindrances: file.findHindrances(), isWhole };
}

/** What an imported file exports, what it has from others included. */
function exportedBy(text: string, fileName: string, exportsOf: ExportsOf): readonly FoundDefinition[] {
  return new SourceFile(parseTopLevel(text, fileName).statements, exportsOf).findExported();
}

class SourceFile {
  private readonly bindings: Bindings;
  private readonly declarations: Declarations;
  private readonly functions: ReadonlyMap<string, Node>;
  private readonly layerSource: LayerSource;
  private readonly imported: ImportedNames;
  private readonly builders: ReadonlySet<Node>;
  /** By which they are called. */
  private readonly builderNames: ReadonlySet<string>;
  /** Functions that a run gets a model of. */
  private readonly givers: ReadonlySet<Node>;

  constructor(
    private readonly statements: readonly Statement[],
    private readonly exportsOf: ExportsOf,
  ) {
    this.bindings = collectBindings(statements);
    this.declarations = collectDeclared(statements);
    this.imported = collectImported(statements, exportsOf);
    this.functions = new Map(
      this.declared
        .filter(({ node }) => asFunction(node))
        .flatMap((each) => calledNames(each).map((name) => [name, each.node])),
    );
    this.layerSource = {
      bindings: this.bindings,
      functions: this.functions,
      constants: withoutChanged(collectConstants(statements), statements),
      foreign: collectForeign(statements, this.bindings),
    };
    const known = [...this.imported].flatMap(([name, { kind }]) => (kind === "function" ? [name] : []));
    this.builders = collectBuilders(this.declared, this.bindings, new Set(known));
    const own = this.declared.filter(({ node }) => this.builders.has(node)).flatMap(calledNames);
    this.builderNames = new Set([...known, ...own]);
    this.givers = new Set(this.declared.filter((each) => this.givesModel(each)).map(({ node }) => node));
  }

  private get declared(): readonly Declared[] {
    return this.declarations.declared;
  }

  findDefinitions(): FoundDefinition[] {
    const found: FoundDefinition[] = [];
    for (const each of this.declared) {
      const definition = this.asDefinition(each);
      // A variable may be given its model in several places.
      const isNew = found.every(({ exportName }) => exportName !== definition?.exportName);
      if (definition !== undefined && isNew) found.push(definition);
    }
    // What nobody else gets, and a model is made with, is a part of that one.
    const parts = new Set(this.collectParts());
    const own = found.filter(({ exportName }) => !parts.has(exportName));
    const { forwarded } = this.declarations;
    const others = collectReexported(this.statements, forwarded, this.imported, this.exportsOf);
    // What the file exports itself wins over `export *`.
    const names = new Set(own.map(({ exportName }) => exportName));
    const all = [...own, ...others.filter(({ exportName }) => !names.has(exportName))].sort(
      (a, b) => a.start - b.start,
    );
    const fit = findFitOptions(this.statements, this.layerSource.constants);
    return fit === undefined ? all : all.map((each) => (each.kind === "experiment" ? each : { ...each, fit }));
  }

  /** Of the definitions, those that other files can have. */
  findExported(): FoundDefinition[] {
    const kept = this.declared.flatMap(({ isExported, address }) => (isExported ? [] : [address]));
    return this.findDefinitions().filter(({ exportName }) => !kept.includes(exportName));
  }

  /** Functions that make a model which a run cannot get. */
  findHindrances(): Hindrance[] {
    const named = this.declared.flatMap(({ name, node, start }) =>
      asFunction(node) !== undefined && usesModel(node, this.bindings) && !this.givers.has(node)
        ? [{ name, start }]
        : [],
    );
    // A listener, or one that is called where it stands.
    const nameless = this.statements.flatMap((statement) => {
      const isHidden = statement.type === "ExpressionStatement" && this.hidesModel(statement);
      return isHidden ? [{ start: statement.start ?? 0 }] : [];
    });
    return [...named, ...nameless].sort((a, b) => a.start - b.start);
  }

  /** In a function without a name, of which nothing is found. */
  private hidesModel(statement: Statement): boolean {
    const isFound = this.declared.some(({ start }) => start >= (statement.start ?? 0) && start < (statement.end ?? 0));
    if (isFound) return false;
    let isHidden = false;
    walk(statement, (each) => {
      const own = asFunction(each);
      isHidden ||= own !== undefined && usesModel(own, this.bindings);
      return own === undefined && !isHidden;
    });
    return isHidden;
  }

  /** Returns one; or trains or keeps one that it makes, which a run gets then. */
  private givesModel({ node, isMember }: Declared): boolean {
    if (this.builders.has(node)) return true;
    const own = asFunction(node);
    if (own === undefined) return false;
    const calls = collectExecutedCalls(own);
    const isOfModel = (call: Node) => makesModel(call, this.bindings) || this.builderNames.has(calleeName(call) ?? "");
    return (calls.some(isTraining) && calls.some(isOfModel)) || keepsModel(own, this.bindings, isMember === true);
  }

  /** `(() => { … })()`, which is called where it stands. */
  private isMadeInPlace(node: Node): boolean {
    const called = node.type === "CallExpression" ? asFunction(node.callee) : undefined;
    return called !== undefined && returnsModel(called, this.bindings, this.builderNames);
  }

  private asDefinition(each: Declared): FoundDefinition | undefined {
    const { name, address: exportName, node, start, end } = each;
    const head = { name, exportName, start, end };
    const inner = bare(node);
    if (inner.type === "CallExpression" && resolveName(inner.callee, this.bindings) === "whittle.defineExperiment") {
      if (!each.isExported) return undefined;
      const model = this.modelOf(inner);
      const layers = model.node ? collectLayers(model.node, this.layerSource) : [];
      return { ...head, kind: "experiment", layers, ...(model.name === undefined ? {} : { modelName: model.name }) };
    }
    const isImported = this.imported.get(calleeName(inner) ?? "")?.kind === "function";
    if (makesModel(node, this.bindings) || isImported || this.isMadeInPlace(inner)) {
      return { ...head, kind: "model", layers: this.layersOfValue(name, node) };
    }
    const own = asFunction(node);
    if (own === undefined || !this.givers.has(node)) return undefined;
    const parameters = collectParameters(each, own, this.statements);
    return {
      ...head,
      kind: "function",
      layers: collectLayers(node, this.layerSource),
      ...(parameters.length === 0 ? {} : { parameters }),
      ...(this.builders.has(node) ? {} : { returnsNone: true }),
      ...(this.builders.has(node) || usesModel(node, this.bindings) ? {} : { isProgram: true }),
    };
  }

  /** Of a model at the top: those in its call, and those that are added to it. */
  private layersOfValue(name: string, node: Node) {
    const added = this.statements.filter(
      (each) =>
        /^(Expression|Block|If|For\w*|While)Statement$/.test(each.type) &&
        collectCalls(each).some((call) => calleeName(call) === `${name}.add`),
    );
    return [node, ...added].flatMap((each) => collectLayers(each, this.layerSource));
  }

  /** Addresses of functions that are not exported and are called by another one that returns a model. */
  private collectParts(): string[] {
    const callers = this.declared
      .filter(({ node }) => this.builders.has(node))
      .map(({ node }) => ({ node, calls: new Set(collectCalls(node).map(calleeName)) }));
    return this.declared
      .filter(({ isExported, isOfInstance }) => !isExported && isOfInstance !== true)
      .filter((each) => {
        const names = calledNames(each);
        return callers.some(({ node, calls }) => node !== each.node && names.some((name) => calls.has(name)));
      })
      .map(({ address }) => address);
  }

  /** The function that `defineExperiment({ model: … })` names or holds. */
  private modelOf(call: CallExpression): { readonly node?: Node | undefined; readonly name?: string } {
    const [definition] = call.arguments;
    if (definition?.type !== "ObjectExpression") return {};
    for (const property of definition.properties) {
      if (property.type === "ObjectMethod" && propertyName(property.key) === "model") return { node: property };
      if (property.type !== "ObjectProperty" || propertyName(property.key) !== "model") continue;
      const { value } = property;
      return value.type === "Identifier" ? { node: this.functions.get(value.name), name: value.name } : { node: value };
    }
    return {};
  }
}
