/**
 * Finds model definitions in source text, never by running it: functions that return a TensorFlow.js model, methods that do,
 * models made at the top of the file, and `defineExperiment(…)` calls. Names are followed to their imports, so strings,
 * comments and a user's own function called `sequential` are not taken for one. Text that does not parse gives what can be
 * found in the rest.
 */
import type { CallExpression, Node, Statement } from "@babel/types";
import { type Bindings, collectBindings, resolveName } from "./bindings.ts";
import { calledNames, calleeName, collectBuilders, makesModel, usesModel } from "./builders.ts";
import { collectDeclared, type Declared } from "./declared.ts";
import type { FoundDefinition, Hindrance, Scan } from "./found.ts";
import { collectLayers } from "./layersIn.ts";
import { collectParameters } from "./parameters.ts";
import { scanModelJson } from "./scanModelJson.ts";
import { mayDefineModel } from "./signs.ts";
import { asFunction, bare, collectCalls, propertyName } from "./syntax.ts";
import { parseTopLevel } from "./topLevel.ts";

/** All definitions in the order of the text. `fileName` only tells the language by its ending. Never throws. */
export function scanDefinitions(text: string, fileName: string): readonly FoundDefinition[] {
  return scanText(text, fileName).definitions;
}

/** What `scanDefinitions` finds, and whether the text could be read to its end. Never throws. */
export function scanText(text: string, fileName: string): Scan {
  if (!mayDefineModel(text, fileName)) return { definitions: [], hindrances: [], isWhole: true };
  if (fileName.endsWith(".json")) return scanModelJson(text);
  const { statements, isWhole } = parseTopLevel(text, fileName);
  const file = new SourceFile(statements);
  return { definitions: file.findDefinitions(), hindrances: file.findHindrances(), isWhole };
}

class SourceFile {
  private readonly bindings: Bindings;
  private readonly declared: readonly Declared[];
  private readonly functions: ReadonlyMap<string, Node>;
  private readonly builders: ReadonlySet<Node>;

  constructor(private readonly statements: readonly Statement[]) {
    this.bindings = collectBindings(statements);
    this.declared = collectDeclared(statements);
    this.functions = new Map(
      this.declared
        .filter(({ node }) => asFunction(node))
        .flatMap((each) => calledNames(each).map((name) => [name, each.node])),
    );
    this.builders = collectBuilders(this.declared, this.bindings);
  }

  findDefinitions(): FoundDefinition[] {
    const found = this.declared.flatMap((each) => this.asDefinition(each) ?? []);
    // What nobody else gets, and a model is made with, is a part of that one.
    const parts = new Set(this.collectParts());
    return found.filter(({ exportName }) => !parts.has(exportName));
  }

  /** Functions that make a model and keep it for themselves. */
  findHindrances(): Hindrance[] {
    return this.declared.flatMap(({ name, node, start }) =>
      asFunction(node) !== undefined && !this.builders.has(node) && usesModel(node, this.bindings)
        ? [{ name, start, trains: collectCalls(node).some(isTraining) }]
        : [],
    );
  }

  private asDefinition(each: Declared): FoundDefinition | undefined {
    const { name, address: exportName, node, start, end } = each;
    const head = { name, exportName, start, end };
    const inner = bare(node);
    if (inner.type === "CallExpression" && resolveName(inner.callee, this.bindings) === "whittle.defineExperiment") {
      if (!each.isExported) return undefined;
      const model = this.modelOf(inner);
      const layers = model.node ? collectLayers(model.node, this.functions, this.bindings) : [];
      return { ...head, kind: "experiment", layers, ...(model.name === undefined ? {} : { modelName: model.name }) };
    }
    if (makesModel(node, this.bindings)) return { ...head, kind: "model", layers: this.layersOfValue(name, node) };
    const own = asFunction(node);
    if (own === undefined || !this.builders.has(node)) return undefined;
    const parameters = collectParameters(each, own, this.statements);
    return {
      ...head,
      kind: "function",
      layers: collectLayers(node, this.functions, this.bindings),
      ...(parameters.length === 0 ? {} : { parameters }),
    };
  }

  /** Of a model at the top: those in its call, and those that are added to it. */
  private layersOfValue(name: string, node: Node) {
    const added = this.statements.filter(
      (each) => each.type === "ExpressionStatement" && calleeName(each.expression) === `${name}.add`,
    );
    return [node, ...added].flatMap((each) => collectLayers(each, this.functions, this.bindings));
  }

  /** Addresses of functions that are not exported and are called by another one that returns a model. */
  private collectParts(): string[] {
    const callers = this.declared
      .filter(({ node }) => this.builders.has(node))
      .map(({ node }) => ({ node, calls: new Set(collectCalls(node).map(calleeName)) }));
    return this.declared
      .filter(({ isExported, isInstanceMethod }) => !isExported && isInstanceMethod !== true)
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

const TRAINING = /^(fit|fitDataset|trainOnBatch)$/;

function isTraining({ callee }: CallExpression): boolean {
  return callee.type === "MemberExpression" && TRAINING.test(propertyName(callee.property) ?? "");
}
