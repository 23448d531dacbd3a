/** The calls of a file that make layers, and how often they do. */
import type { CallExpression, Node } from "@babel/types";
import { type Bindings, resolveName } from "./bindings.ts";
import { walkBlocks } from "./blocks.ts";
import { calleeName } from "./builders.ts";
import type { FoundBlock, FoundLayer } from "./found.ts";
import { asFunction, collectReturned, propertyName, rootName } from "./syntax.ts";
import { type Constants, constantsIn } from "./written.ts";

/** What of a file tells the layers below a node of it. */
export interface LayerSource {
  readonly bindings: Bindings;
  /** By what they are called by, see `calledNames`. */
  readonly functions: ReadonlyMap<string, Node>;
  /** Of its top. */
  readonly constants: Constants;
  /** Names that come from elsewhere, TensorFlow.js and Whittle left out: what they are may make layers too. */
  readonly foreign: ReadonlySet<string>;
}

function asLayer(call: CallExpression, blocks: readonly FoundBlock[], bindings: Bindings): FoundLayer | undefined {
  const kind = /^(?:tf|whittle)\.layers\.(\w+)$/.exec(resolveName(call.callee, bindings) ?? "")?.[1];
  if (kind === undefined) return undefined;
  const place = { start: call.start ?? 0, end: call.end ?? 0 };
  return { ...place, kind, ...nameIn(call.arguments[0]), ...(blocks.length === 0 ? {} : { blocks }) };
}

type LayerName = Pick<FoundLayer, "name" | "namePieces" | "isNameHidden">;

/** The layer's name as its options give it. */
function nameIn(options: CallExpression["arguments"][number] | undefined): LayerName {
  if (options === undefined) return {};
  if (options.type !== "ObjectExpression") return { isNameHidden: true };
  const named = options.properties.find((each) => each.type === "ObjectProperty" && propertyName(each.key) === "name");
  if (named?.type === "ObjectProperty") {
    if (named.value.type === "StringLiteral") return { name: named.value.value };
    const namePieces = piecesOf(named.value);
    return namePieces.some((piece) => piece !== "") ? { namePieces } : { isNameHidden: true };
  }
  return options.properties.some((each) => each.type === "SpreadElement") ? { isNameHidden: true } : {};
}

/** What is written of a text, and between it what is not: `block${i}` and `"block" + i` have `block` and nothing. */
function piecesOf(node: Node): readonly string[] {
  if (node.type === "StringLiteral") return [node.value];
  if (node.type === "TemplateLiteral") return node.quasis.map(({ value }) => value.cooked ?? value.raw);
  if (node.type !== "BinaryExpression" || node.operator !== "+") return ["", ""];
  const [left, right] = [piecesOf(node.left), piecesOf(node.right)];
  return [...left.slice(0, -1), `${left.at(-1)}${right[0]}`, ...right.slice(1)];
}

/** The layers in and below `node`, in the order in which they are made, those of the file's own functions that it calls included. */
export function collectLayers(node: Node, source: LayerSource): FoundLayer[] {
  const found = { layers: [] as FoundLayer[], isForeign: false };
  collectInto(found, node, [], source, new Set());
  // Where others may make layers as well, only what is made once and for all is told apart from theirs.
  return found.isForeign ? found.layers.map(withoutGuess) : found.layers;
}

function withoutGuess(layer: FoundLayer): FoundLayer {
  const { namePieces, blocks, ...rest } = layer;
  const isSure = namePieces === undefined && (blocks ?? []).every(({ times }) => times !== undefined);
  return isSure || layer.name !== undefined ? layer : { ...rest, isNameHidden: true };
}

function collectInto(
  found: { readonly layers: FoundLayer[]; isForeign: boolean },
  node: Node,
  around: readonly FoundBlock[],
  source: LayerSource,
  seen: Set<Node>,
): void {
  if (seen.has(node)) return;
  seen.add(node);
  const { bindings, functions, foreign } = source;
  const own = asFunction(node);
  const constants = own === undefined ? source.constants : constantsIn(own, source.constants);
  const calls = new Map<string, number>();
  walkBlocks(own ?? node, constants, (each, blocks) => {
    if (each.type !== "CallExpression" && each.type !== "NewExpression") return;
    if (foreign.has(rootName(each.callee) ?? "")) found.isForeign = true;
    if (each.type === "NewExpression") return;
    const layer = asLayer(each, [...around, ...blocks], bindings);
    if (layer !== undefined) found.layers.push(layer);
    const name = calleeName(each);
    if (name !== undefined && functions.has(name)) calls.set(name, (calls.get(name) ?? 0) + 1);
  });
  const returned = own === undefined ? [] : collectReturned(own).map(calleeName);
  for (const [name, count] of calls) {
    const called = functions.get(name);
    if (called === undefined) continue;
    // What a function gives back at its end is made last; when others are called, and how often, is left open.
    const isLast = count === 1 && returned.length === 1 && returned[0] === name;
    const blocks = isLast ? around : [...around, { start: called.start ?? 0 }];
    collectInto(found, called, blocks, source, seen);
  }
}
