/** How often what stands in a loop, a branch or an inner function is run, where the text says it. */
import type { CallExpression, ForStatement, Node } from "@babel/types";
import type { FoundBlock } from "./found.ts";
import { asFunction, bare, propertyName, walk } from "./syntax.ts";
import { type Constants, writtenValue } from "./written.ts";

/** Calls `visit` for everything below `root`, in the order of the text, with the blocks it stands in, the outermost first. */
export function walkBlocks(
  root: Node,
  constants: Constants,
  visit: (node: Node, blocks: readonly FoundBlock[]) => void,
): void {
  const go = (node: Node, blocks: readonly FoundBlock[]): void => {
    visit(node, blocks);
    for (const [key, value] of Object.entries(node)) {
      if (key === "loc" || key.endsWith("Comments")) continue;
      for (const child of Array.isArray(value) ? value : [value]) {
        if (typeof child !== "object" || child === null || typeof child.type !== "string") continue;
        const block =
          node === root && asFunction(root) !== undefined ? undefined : blockAt(node, key, child, constants);
        go(child, block === undefined ? blocks : [...blocks, block]);
      }
    }
  };
  go(root, []);
}

/** The block that begins with the child of a node. */
function blockAt(parent: Node, key: string, child: Node, constants: Constants): FoundBlock | undefined {
  const start = child.start ?? 0;
  const timed = (times: number | undefined): FoundBlock => (times === undefined ? { start } : { start, times });
  if (asFunction(child) === child) {
    return timed(
      parent.type === "CallExpression" && key === "arguments" ? callbackTimes(parent, child, constants) : undefined,
    );
  }
  switch (parent.type) {
    case "IfStatement":
    case "ConditionalExpression":
      return key === "test" ? undefined : { start, isOptional: true };
    case "LogicalExpression":
      return key === "right" ? { start, isOptional: true } : undefined;
    case "SwitchCase":
      return key === "consequent" ? { start, isOptional: true } : undefined;
    case "TryStatement":
      return { start, isOptional: true };
    case "ForStatement":
      return key === "body" ? timed(leaves(child) ? undefined : countedTimes(parent, constants)) : undefined;
    case "ForOfStatement":
      return key === "body" ? timed(leaves(child) ? undefined : lengthOf(parent.right, constants)) : undefined;
    case "ForInStatement":
    case "WhileStatement":
    case "DoWhileStatement":
      return key === "body" ? timed(undefined) : undefined;
    default:
      return undefined;
  }
}

/** Whether something inside may end the loop, or one turn of it, before its end. */
function leaves(body: Node): boolean {
  let found = false;
  walk(body, (each) => {
    if (asFunction(each) !== undefined) return false;
    found ||= /^(Break|Continue|Return|Throw)Statement$/.test(each.type);
    return !found;
  });
  return found;
}

function lengthOf(node: Node, constants: Constants): number | undefined {
  const inner = bare(node);
  if (inner.type === "ArrayExpression") {
    return inner.elements.some((each) => each?.type === "SpreadElement") ? undefined : inner.elements.length;
  }
  const value = writtenValue(inner, constants);
  return Array.isArray(value) ? value.length : undefined;
}

/** `[3, 5].forEach(…)`, `SIZES.map(…)` and `Array.from({ length: 3 }, …)`. */
function callbackTimes(call: CallExpression, callback: Node, constants: Constants): number | undefined {
  const body = asFunction(callback)?.body;
  const last = body?.type === "BlockStatement" ? body.body.at(-1) : undefined;
  const early = body?.type === "BlockStatement" ? body.body.filter((each) => each !== last) : [];
  if (early.some(leaves) || (last !== undefined && last.type !== "ReturnStatement" && leaves(last))) return undefined;
  const { callee } = call;
  if (callee.type !== "MemberExpression" || callee.computed) return undefined;
  const method = propertyName(callee.property);
  if (call.arguments[0] === callback && (method === "forEach" || method === "map")) {
    return lengthOf(callee.object, constants);
  }
  const [given] = call.arguments;
  const isFrom = method === "from" && callee.object.type === "Identifier" && callee.object.name === "Array";
  if (!isFrom || given?.type !== "ObjectExpression" || call.arguments[1] !== callback) return undefined;
  const length = given.properties.find((each) => each.type === "ObjectProperty" && propertyName(each.key) === "length");
  return length?.type === "ObjectProperty" ? asCount(writtenValue(length.value, constants)) : undefined;
}

const asCount = (value: unknown): number | undefined =>
  Number.isInteger(value) ? Math.max(0, Number(value)) : undefined;

/** `for (let i = 0; i < 3; i++)`, and the like downwards and by other steps. */
function countedTimes({ init, test, update, body }: ForStatement, constants: Constants): number | undefined {
  const [declared, ...others] = init?.type === "VariableDeclaration" ? init.declarations : [];
  if (declared?.id.type !== "Identifier" || !declared.init || others.length > 0) return undefined;
  const { name } = declared.id;
  const isIt = (node: Node): boolean => node.type === "Identifier" && node.name === name;
  let isChanged = false;
  walk(body, (each) => {
    if (each.type === "AssignmentExpression" && isIt(each.left)) isChanged = true;
    if (each.type === "UpdateExpression" && isIt(each.argument)) isChanged = true;
  });
  if (isChanged || test?.type !== "BinaryExpression" || !isIt(test.left)) return undefined;
  const from = writtenValue(declared.init, constants);
  const to = writtenValue(test.right, constants);
  const step = stepOf(update, isIt, constants);
  if (typeof from !== "number" || typeof to !== "number" || step === undefined) return undefined;
  const isUp = /^<=?$/.test(test.operator) && step > 0;
  const isDown = /^>=?$/.test(test.operator) && step < 0;
  if (!isUp && !isDown) return undefined;
  const turns = (to - from) / step;
  return asCount(test.operator.endsWith("=") ? Math.floor(turns) + 1 : Math.ceil(turns));
}

function stepOf(update: ForStatement["update"], isIt: (node: Node) => boolean, constants: Constants) {
  if (update?.type === "UpdateExpression" && isIt(update.argument)) return update.operator === "++" ? 1 : -1;
  if (update?.type !== "AssignmentExpression" || !isIt(update.left)) return undefined;
  const by = writtenValue(update.right, constants);
  if (typeof by !== "number") return undefined;
  return update.operator === "+=" ? by : update.operator === "-=" ? -by : undefined;
}
