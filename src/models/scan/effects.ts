/**
 * What code may change when it is executed: rather too much than too little, so whatever it mentions, but for what is only read
 * for sure. Functions of the file that it calls, or hands to others, are looked into; what happens later (in listeners, after the
 * first `await` of an async function) is no part of it.
 */
import type { Node, Statement } from "@babel/types";
import { type Bindings, resolveName } from "./bindings.ts";
import { isOnEvent, nameOf } from "./executed.ts";
import { asFunction, bare, propertyName } from "./syntax.ts";
import { isTrainingMethod } from "./training.ts";
import { endOfFirstAwait, type Step, walkNames } from "./uses.ts";

/** Methods of a model that leave it as it is, beside those that train it, which wait for ever. */
const READING = /^(predict|predictOnBatch|evaluate|evaluateDataset|summary|save|toJSON)$/;
/** They call what they are given later, if nothing has to happen before. */
const LATER = /^(then|catch|finally)$/;

const isReading = (method: string): boolean => READING.test(method) || isTrainingMethod(method);

export class Effects {
  /** Functions and classes, by name: executed when they are called. */
  private readonly functions = new Map<string, Node>();
  /** Constants that are no objects. */
  private readonly fixed = new Set<string>();

  constructor(
    statements: readonly Statement[],
    private readonly bindings: Bindings,
  ) {
    for (const node of statements.map(declarationIn)) {
      if ((node.type === "FunctionDeclaration" || node.type === "ClassDeclaration") && node.id) {
        this.functions.set(node.id.name, node);
      }
      if (node.type !== "VariableDeclaration" || node.kind !== "const") continue;
      for (const { id, init } of node.declarations) {
        if (id.type !== "Identifier" || !init) continue;
        const value = bare(init);
        if (isCode(value)) this.functions.set(id.name, value);
        if (/^(.*Literal|UnaryExpression|BinaryExpression)$/.test(value.type)) this.fixed.add(id.name);
      }
    }
  }

  /** Names, those of something inside of it too. */
  of(statement: Statement): ReadonlySet<string> {
    const names = new Set<string>();
    const called = new Set<Node>();
    const look = (root: Node): void => {
      const until = asFunction(root) === root ? endOfFirstAwait(root, isOwn) : Number.POSITIVE_INFINITY;
      walkNames([root], (name, path, last) => {
        if ((last.node.start ?? 0) >= until) return;
        if (this.bindings.has(name) || this.fixed.has(name) || path.some((step) => this.isLater(step))) return;
        const code = this.functions.get(name);
        if (code === undefined ? !this.isRead(path) : isGivenOn(last, code)) names.add(name);
        if (code === undefined || called.has(code)) return;
        called.add(code);
        look(code);
      });
    };
    for (const node of executedIn(statement)) look(node);
    return names;
  }

  /** Given to what calls it later, whether it is written there or has a name. */
  private isLater({ node, parent, key }: Step): boolean {
    if (parent?.type !== "CallExpression" || key !== "arguments") return false;
    const isFunction = isCode(node) || (node.type === "Identifier" && this.functions.has(node.name));
    return isFunction && (isOnEvent(parent.callee) || LATER.test(nameOf(parent.callee)));
  }

  /** `net` in `net.summary()`, `console.log(net)`, `tf.tidy(net)` and `net.layers.length > 3`. */
  private isRead(path: readonly Step[]): boolean {
    let at = path.length - 1;
    while (path[at]?.parent?.type === "MemberExpression" && path[at]?.key === "object") at -= 1;
    const { node, parent, key } = path[at] ?? {};
    switch (parent?.type) {
      case "BinaryExpression":
      case "TemplateLiteral":
        return true;
      case "UnaryExpression":
        return parent.operator !== "delete";
      case "CallExpression":
        if (key === "callee") return node?.type === "MemberExpression" && isReading(nameOf(node));
        return this.onlyReads(parent.callee);
      default:
        return false;
    }
  }

  /** What it is given. */
  private onlyReads(callee: Node): boolean {
    const inner = bare(callee);
    if (inner.type === "MemberExpression" && propertyName(inner.object) === "console") return true;
    const known = resolveName(inner, this.bindings);
    return known !== undefined && !known.endsWith(".registerClass");
  }
}

/** The declaration in `export …`, else the statement. */
export function declarationIn(statement: Statement): Node {
  const isExport = statement.type === "ExportNamedDeclaration" || statement.type === "ExportDefaultDeclaration";
  return (isExport ? statement.declaration : undefined) ?? statement;
}

/** `Gate` in `Gate.className = "Gate"` and `registerClass(Gate)`; a function that is given is no more than called. */
const isGivenOn = ({ key }: Step, code: Node): boolean =>
  key === "object" || (key === "arguments" && asFunction(code) === undefined);

const isCode = (node: Node): boolean => asFunction(node) === node || node.type === "ClassExpression";

/** What of a statement is executed where it stands. */
function executedIn(statement: Statement): readonly Node[] {
  const node = declarationIn(statement);
  switch (node.type) {
    case "FunctionDeclaration":
    case "ClassDeclaration":
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
      return [];
    case "VariableDeclaration":
      return node.declarations.flatMap(({ init }) => (init && !isCode(bare(init)) ? [init] : []));
    default:
      return [node];
  }
}

/** Of the function itself, not of those in it. */
const isOwn = (_: Node, between: readonly Step[]): boolean => between.every(({ node }) => asFunction(node) !== node);
