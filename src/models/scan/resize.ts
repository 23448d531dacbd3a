/**
 * Puts the layer sizes of a smaller network into the text that defines the larger one: only where the text shows that each
 * size is one layer's, and nothing else depends on it. Otherwise it says what is in the way.
 */
import type { Node, Statement } from "@babel/types";
import type { CompactedLayer } from "../../protocol/compaction.ts";
import { type Bindings, collectBindings, collectForeign, resolveName } from "./bindings.ts";
import { isOpenShape, optionsOf, propertyIn } from "./callOptions.ts";
import type { FoundLayer } from "./found.ts";
import { matchLayers } from "./layerTensors.ts";
import { findCall, isRepeated, reachedFrom } from "./places.ts";
import { collectCalls, propertyName, rootName } from "./syntax.ts";
import { parseTopLevel } from "./topLevel.ts";
import { findConstant } from "./uses.ts";

/** What a layer's size is called, by the function that makes it. Others cannot be made smaller in the text. */
const SIZES: Readonly<Record<string, string>> = {
  dense: "units",
  conv1d: "filters",
  conv2d: "filters",
  conv2dTranspose: "filters",
  conv3d: "filters",
  conv3dTranspose: "filters",
  separableConv2d: "filters",
  convLstm2d: "filters",
  simpleRNN: "units",
  gru: "units",
  lstm: "units",
  embedding: "outputDim",
  multiHeadAttention: "heads",
};
/** Layers around another one, which has the size. */
const WRAPPERS: ReadonlySet<string> = new Set(["bidirectional", "timeDistributed"]);

export interface Definition {
  /** Offsets of the declaration. */
  readonly start: number;
  readonly end: number;
  readonly layers: readonly FoundLayer[];
}

export interface Resize {
  /** Offsets of the number. */
  readonly start: number;
  readonly end: number;
  readonly before: number;
  readonly after: number;
  /** Names of the layers that have this size. */
  readonly layers: readonly string[];
}

export type Hurdle =
  /** The text cannot be read to its end. */
  | "unreadable"
  /** Several models are made or loaded, and one may be a part of another. */
  | "severalModels"
  /** What another file makes is not seen. */
  | "otherFile"
  /** Weights are given in the text, and would not fit. */
  | "givenWeights"
  /** A shape is written that may depend on a size. */
  | "writtenShape"
  /** How wide a head is follows from a size. */
  | "headWidth"
  /** No call in the text makes this layer for certain. */
  | "notFound"
  /** The call is run several times, or not always. */
  | "repeated"
  /** Another definition makes the layer too. */
  | "shared"
  /** A layer of this kind has no size that could be replaced. */
  | "kind"
  /** The size is not a number that stands in the call, or in a constant of its own. */
  | "notWritten"
  /** Another number than the run's network has. */
  | "otherValue"
  /** The constant is used for something else as well. */
  | "sharedConstant"
  /** The smaller network needs a bias that the layer has not. */
  | "gainsBias";

export interface Obstacle {
  readonly is: Hurdle;
  /** Offset of the line that is in the way. */
  readonly at: number;
  /** Name. */
  readonly layer?: string;
}

export type Resizing = { readonly resizes: readonly Resize[] } | { readonly obstacle: Obstacle };

type Layer = Pick<CompactedLayer, "name" | "className" | "before" | "after" | "headWidth" | "gainsBias">;

/** One size of a layer; heads have two. */
interface Sized extends Omit<Layer, "headWidth"> {
  /** As in the text; by its kind where nothing is said. */
  readonly property?: "headWidth";
}

const sizesOf = ({ headWidth, ...layer }: Layer): readonly Sized[] =>
  headWidth === undefined
    ? [layer]
    : [layer, { name: layer.name, className: layer.className, ...headWidth, property: "headWidth" }];

/**
 * @param fileName tells the language by its ending
 * @param others what else the file defines
 * @param compacted all layers that have units, in the model's order, whether they become smaller or not
 * @returns in the order of the text; none where nothing becomes smaller
 */
export function resizeLayers(
  text: string,
  fileName: string,
  definition: Definition,
  others: readonly Definition[],
  compacted: readonly Layer[],
): Resizing {
  const sizes = compacted.flatMap(sizesOf);
  const { statements, isWhole } = parseTopLevel(text, fileName);
  try {
    if (!isWhole) throw new Blocked("unreadable", definition.start);
    if (sizes.every(isSame)) return { resizes: [] };
    return { resizes: new Resizer(statements, definition, others, sizes).collect() };
  } catch (error) {
    if (error instanceof Blocked) return { obstacle: error.obstacle };
    throw error;
  }
}

const isSame = ({ before, after, gainsBias }: Sized): boolean => before === after && gainsBias === undefined;

const startOf = ({ start }: FoundLayer): number => start;

/** The calls that made exactly this layer. */
function callsOf(layers: readonly FoundLayer[], sizes: readonly Sized[]): ReadonlyMap<Sized, FoundLayer> {
  // Weights are matched by the names of their layers.
  const tensors = sizes.map((sized) => ({ name: `${sized.name}/${sized.property ?? "size"}`, sized }));
  return new Map(
    [...matchLayers(layers, tensors)].flatMap(([layer, made]): [Sized, FoundLayer][] => {
      const [only = [], another] = made;
      const isOne = another === undefined;
      return only
        .filter(({ sized }) => isOne && sized.className.toLowerCase() === layer.kind.toLowerCase())
        .map(({ sized }) => [sized, layer]);
    }),
  );
}

class Blocked extends Error {
  readonly obstacle: Obstacle;

  constructor(is: Hurdle, at: number, layer?: string) {
    super(is);
    this.obstacle = { is, at, ...(layer === undefined ? {} : { layer }) };
  }
}

/** Where the size of a layer stands. */
interface Written {
  readonly sized: Sized;
  readonly value: Node;
}

class Resizer {
  readonly #statements: readonly Statement[];
  readonly #bindings: Bindings;
  readonly #definition: Definition;
  readonly #others: readonly Definition[];
  readonly #calls: ReadonlyMap<Sized, FoundLayer>;
  readonly #sizes: readonly Sized[];
  readonly #reached: readonly Statement[];

  constructor(
    statements: readonly Statement[],
    definition: Definition,
    others: readonly Definition[],
    sizes: readonly Sized[],
  ) {
    this.#statements = statements;
    this.#bindings = collectBindings(statements);
    this.#definition = definition;
    this.#others = others;
    this.#sizes = sizes;
    this.#reached = reachedFrom(statements, definition);
    this.#calls = callsOf(definition.layers, sizes);
  }

  collect(): readonly Resize[] {
    this.#checkModels();
    this.#checkLayers();
    for (const sized of this.#sizes.filter((each) => !isSame(each))) this.#checkCertain(sized);
    // What stays as it is may share a constant with what does not.
    const written = this.#sizes.flatMap((sized) => {
      const value = isSame(sized) ? this.#writtenIfThere(sized) : this.#writtenOf(sized);
      return value === undefined ? [] : [{ sized, value }];
    });
    const resizes = new Map<number, Resize>();
    for (const each of written.filter(({ sized }) => !isSame(sized))) {
      const { name, before, after } = each.sized;
      const literal = this.#literalOf(each, written);
      const known = resizes.get(literal.start);
      resizes.set(literal.start, { ...literal, before, after, layers: [...(known?.layers ?? []), name] });
    }
    return [...resizes.values()].sort((a, b) => a.start - b.start);
  }

  #checkModels(): void {
    const foreign = collectForeign(this.#statements, this.#bindings);
    let made = 0;
    for (const call of this.#reached.flatMap(collectCalls)) {
      const name = resolveName(call.callee, this.#bindings) ?? "";
      const at = call.start ?? 0;
      if (/^tf\.(sequential|model|models\..*|loadLayersModel)$/.test(name)) made += 1;
      if (made > 1) throw new Blocked("severalModels", at);
      const given = [call.callee, ...call.arguments];
      if (given.some((each) => foreign.has(rootName(each) ?? ""))) throw new Blocked("otherFile", at);
      const { callee } = call;
      const method = callee.type === "MemberExpression" ? propertyName(callee.property) : undefined;
      if (/^(setWeights|loadWeights)$/.test(method ?? "")) throw new Blocked("givenWeights", at);
    }
  }

  /** Layers that depend on the sizes of others. */
  #checkLayers(): void {
    for (const layer of this.#definition.layers) {
      const call = findCall(this.#statements, layer);
      const at = layer.start;
      const options = optionsOf(call);
      const has = (name: string): boolean => options !== undefined && propertyIn(options, name) !== undefined;
      if (has("weights")) throw new Blocked("givenWeights", at, layer.name);
      if (layer.kind === "multiHeadAttention" && !has("headWidth")) throw new Blocked("headWidth", at, layer.name);
      if (layer.kind !== "reshape" || isOpenShape(options && propertyIn(options, "targetShape"))) continue;
      const known = [...this.#calls].find(([, found]) => found === layer)?.[0];
      if (known === undefined || !isSame(known)) throw new Blocked("writtenShape", at, layer.name);
    }
  }

  #checkCertain(sized: Sized): void {
    const { start, layers } = this.#definition;
    const layer = this.#calls.get(sized);
    if (layer === undefined) throw new Blocked("notFound", start, sized.name);
    const { start: at } = layer;
    if (layer.name === undefined && !this.#isCounted(layer.kind)) throw new Blocked("notFound", at, sized.name);
    if (sized.gainsBias === true) throw new Blocked("gainsBias", at, sized.name);
    if (isRepeated(this.#reached, layer, this.#definition)) throw new Blocked("repeated", at, sized.name);
    // Experiments of one function are of one model.
    const isOther = (other: Definition): boolean => other.layers.map(startOf).join() !== layers.map(startOf).join();
    const makes = (other: Definition): boolean => other.layers.some((each) => each.start === at);
    if (this.#others.some((other) => makes(other) && isOther(other))) throw new Blocked("shared", at, sized.name);
  }

  /** Layers without a name are told apart by their number: each call has to have made one that the network has. */
  #isCounted(kind: string): boolean {
    const matched = new Set(this.#calls.values());
    const { layers } = this.#definition;
    const wrappers = layers.filter((each) => WRAPPERS.has(each.kind));
    const isInside = (each: FoundLayer): boolean =>
      wrappers.some((wrapper) => wrapper.start < each.start && each.end < wrapper.end);
    return layers
      .filter((each) => each.kind === kind && each.name === undefined)
      .every((each) => matched.has(each) || isInside(each));
  }

  #writtenIfThere(sized: Sized): Node | undefined {
    try {
      return this.#calls.has(sized) ? this.#writtenOf(sized) : undefined;
    } catch (error) {
      if (error instanceof Blocked) return undefined;
      throw error;
    }
  }

  /** The value of the property that is the layer's size. */
  #writtenOf(sized: Sized): Node {
    const layer = this.#calls.get(sized);
    const at = layer?.start ?? this.#definition.start;
    const options = optionsOf(layer && findCall(this.#statements, layer));
    const isWrapper = layer !== undefined && WRAPPERS.has(layer.kind);
    const inner = isWrapper && options !== undefined ? propertyIn(options, "layer") : undefined;
    const innerCall = inner?.type === "CallExpression" ? inner : undefined;
    const innerName = innerCall && resolveName(innerCall.callee, this.#bindings);
    const kind = isWrapper ? innerName?.replace(/^(tf|whittle)\.layers\./, "") : layer?.kind;
    if (isWrapper && kind === undefined) throw new Blocked("notWritten", at, sized.name);
    const property = sized.property ?? SIZES[kind ?? ""];
    if (property === undefined) throw new Blocked("kind", at, sized.name);
    const ofSize = isWrapper ? optionsOf(innerCall) : options;
    const value = ofSize && propertyIn(ofSize, property);
    if (value === undefined) throw new Blocked("notWritten", at, sized.name);
    return value;
  }

  #literalOf({ sized, value }: Written, written: readonly Written[]): { readonly start: number; readonly end: number } {
    const at = value.start ?? 0;
    const isConstant = value.type === "Identifier";
    const literal = isConstant ? this.#constantOf(value.name, sized, written) : value;
    if (literal.type !== "NumericLiteral") throw new Blocked("notWritten", at, sized.name);
    if (literal.value !== sized.before) throw new Blocked("otherValue", at, sized.name);
    return { start: literal.start ?? 0, end: literal.end ?? 0 };
  }

  /** The number of a constant that is declared once and only ever is the size of layers that become equally small. */
  #constantOf(name: string, sized: Sized, written: readonly Written[]): Node {
    const { numbers, uses } = findConstant(this.#statements, name);
    const [literal] = numbers;
    const [first] = uses;
    if (literal === undefined || numbers.length > 1) {
      throw new Blocked("notWritten", first?.start ?? this.#definition.start, sized.name);
    }
    for (const use of uses) {
      const known = written.find(({ value }) => value.start === use.start);
      if (known?.sized.after !== sized.after) throw new Blocked("sharedConstant", use.start ?? 0, sized.name);
    }
    return literal;
  }
}
