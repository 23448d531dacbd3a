/** How a place in the text is reached when a model is made: from which statements, and whether once and always. */
import type { CallExpression, ClassMethod, Node, Statement } from "@babel/types";
import { calleeName } from "./builders.ts";
import { asFunction, namesIn, propertyName } from "./syntax.ts";
import { findUses, type Step, walkSteps } from "./uses.ts";

/** Offsets. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

const isAt = (node: Node, { start, end }: Place): boolean => node.start === start && node.end === end;
const isIn = (node: Node, { start, end }: Place): boolean => start <= (node.start ?? 0) && (node.end ?? 0) <= end;

export function findCall(statements: readonly Statement[], place: Place): CallExpression | undefined {
  let found: CallExpression | undefined;
  walkSteps(statements, (path) => {
    const node = path.at(-1)?.node;
    if (node?.type === "CallExpression" && isAt(node, place)) found = node;
  });
  return found;
}

const CHANGING = /\.(add|setWeights|loadWeights)$/;

/** The statements that declare what lies in the place, what these name, and so on; and those that add to a model there. */
export function reachedFrom(statements: readonly Statement[], place: Place): readonly Statement[] {
  const reached = new Set(statements.filter((each) => (each.start ?? 0) < place.end && place.start < (each.end ?? 0)));
  const own = new Set([...reached].flatMap(declaredBy));
  for (const each of statements) {
    const changed = namesOfChanged(each);
    if (changed.some((name) => own.has(name))) reached.add(each);
  }
  // Grows while it is gone through.
  for (const each of reached) {
    const named = new Set(namesIn([each]));
    for (const other of statements) if (declaredBy(other).some((name) => named.has(name))) reached.add(other);
  }
  return statements.filter((each) => reached.has(each));
}

/** Of variables whose methods change a model, in what is run when the file is loaded. */
function namesOfChanged(statement: Statement): readonly string[] {
  if (!/^(Expression|Block|If|For\w*|While)Statement$/.test(statement.type)) return [];
  const names: string[] = [];
  walkSteps([statement], (path) => {
    const node = path.at(-1)?.node;
    const called = node?.type === "CallExpression" ? calleeName(node) : undefined;
    if (called !== undefined && CHANGING.test(called)) names.push(called.replace(CHANGING, ""));
  });
  return names;
}

function declaredBy(statement: Statement): readonly string[] {
  switch (statement.type) {
    case "ExportNamedDeclaration":
      return statement.declaration ? declaredBy(statement.declaration) : [];
    case "VariableDeclaration":
      return statement.declarations.flatMap(({ id }) => namesIn([id]));
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return statement.id ? [statement.id.name] : [];
    case "ExportDefaultDeclaration": {
      const { declaration } = statement;
      return "id" in declaration && declaration.id?.type === "Identifier" ? [declaration.id.name] : [];
    }
    default:
      return [];
  }
}

/**
 * Whether what stands there may be run more or less than once for each model.
 * @param reached the statements that it takes to make one
 * @param definition what makes it
 */
export function isRepeated(reached: readonly Statement[], place: Place, definition: Place): boolean {
  let path: readonly Step[] | undefined;
  walkSteps(reached, (each) => {
    const node = each.at(-1)?.node;
    if (node !== undefined && isAt(node, place)) path ??= each;
  });
  return path === undefined || isRepeatedAt(reached, path, definition, new Set());
}

function isRepeatedAt(
  reached: readonly Statement[],
  path: readonly Step[],
  definition: Place,
  seen: Set<Node>,
): boolean {
  if (path.some(isBlock)) return true;
  const functions = path.filter(({ node }) => asFunction(node) === node);
  const [own] = functions;
  if (functions.length > 1) return true;
  if (own === undefined || isIn(own.node, definition)) return false;
  // A function that calls itself.
  if (seen.has(own.node)) return true;
  seen.add(own.node);
  const only = onlyCall(reached, path, own);
  return only === undefined || isRepeatedAt(reached, only, definition, seen);
}

function isBlock({ node, parent, key }: Step): boolean {
  switch (parent?.type) {
    case "IfStatement":
    case "ConditionalExpression":
      return key !== "test";
    case "LogicalExpression":
      return key === "right";
    case "ForStatement":
    case "ForOfStatement":
    case "ForInStatement":
    case "WhileStatement":
    case "DoWhileStatement":
    case "SwitchCase":
    case "TryStatement":
    case "AssignmentPattern":
      return true;
    default:
      return node.type === "YieldExpression";
  }
}

/** The way to the one place where the function is called, or handed to an experiment; undefined where it is not one. */
function onlyCall(reached: readonly Statement[], path: readonly Step[], own: Step): readonly Step[] | undefined {
  const calls = own.node.type === "ClassMethod" ? methodCalls(reached, path, own.node) : uses(reached, own);
  return calls.length === 1 ? calls[0] : undefined;
}

function methodCalls(reached: readonly Statement[], path: readonly Step[], { key }: ClassMethod) {
  const method = propertyName(key);
  const holders = path.flatMap(({ node }) => (node.type === "ClassDeclaration" && node.id ? [node.id.name] : []));
  const names = ["this", ...holders].map((holder) => `${holder}.${method}`);
  const calls: (readonly Step[])[] = [];
  walkSteps(reached, (each) => {
    const node = each.at(-1)?.node;
    const called = node?.type === "CallExpression" ? calleeName(node) : undefined;
    if (called !== undefined && names.includes(called)) calls.push(each);
  });
  return calls;
}

/** Undefined for a use that may lead to any number of calls. */
function uses(reached: readonly Statement[], { node, parent }: Step): readonly (readonly Step[] | undefined)[] {
  const declarator = parent?.type === "VariableDeclarator" ? parent.id : undefined;
  const id = node.type === "FunctionDeclaration" ? node.id : declarator;
  if (id?.type !== "Identifier") return [];
  const others = findUses(reached, id.name).filter((use) => use.at(-1)?.node !== id);
  return others.map((use) => {
    const { parent: user, key } = use.at(-1) ?? {};
    if (user?.type === "CallExpression" && key === "callee") return use.slice(0, -1);
    return user?.type === "ObjectProperty" && key === "value" && propertyName(user.key) === "model" ? use : undefined;
  });
}
