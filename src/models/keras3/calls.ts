/** How the layers of a functional model are called: Keras 3's inbound nodes, as TensorFlow.js's deserializer wants them. */
import { isObject, malformed, type Place, show, unsupported } from "./place.ts";

/** One tensor that a layer is called on: layer, number of its call, number of its output. */
export type TensorOf = readonly [layer: string, call: number, output: number];

/** Lists in lists, as deep as Keras writes them and some more. */
const DEEPEST = 4;

export function readHistory(value: unknown, place: Place): TensorOf {
  if (Array.isArray(value)) {
    const [layer, call, output] = value;
    const isIndex = (each: unknown) => Number.isSafeInteger(each) && Number(each) >= 0;
    if (typeof layer === "string" && isIndex(call) && isIndex(output)) return [layer, call, output];
  }
  throw malformed(place, `names a tensor as ${show(value)}`);
}

/** The tensors in an argument: one, or (nested) lists of them. */
function tensorsIn(argument: unknown, place: Place, depth = 0): readonly TensorOf[] {
  if (Array.isArray(argument) && depth < DEEPEST) {
    return argument.flatMap((each) => tensorsIn(each, place, depth + 1));
  }
  if (!isObject(argument) || argument["class_name"] !== "__keras_tensor__" || !isObject(argument["config"])) {
    throw unsupported(place, `a call with ${show(argument)} in place of a layer's output`);
  }
  return [readHistory(argument["config"]["keras_history"], place)];
}

/** One call: the tensors, those of the initial state of a recurrent layer last, which is where TensorFlow.js wants them. */
function readCall(node: unknown, place: Place, rules: CallRules): readonly TensorOf[] {
  if (!isObject(node) || !Array.isArray(node["args"]) || !isObject(node["kwargs"] ?? {})) {
    throw malformed(place, "is called in a way that Keras does not write");
  }
  const tensors = [...tensorsIn(node["args"], place)];
  for (const [name, value] of Object.entries(node["kwargs"] ?? {})) {
    if (value === null || (name === "training" && value === false && !rules.changesInTraining)) continue;
    if (name !== "initial_state" || !rules.takesState) {
      throw unsupported(place, `a call with ${name}=${isObject(value) ? "…" : show(value)}`);
    }
    tensors.push(...tensorsIn(value, place));
  }
  // TensorFlow.js frees such a tensor after its first use.
  if (new Set(tensors.map(String)).size < tensors.length) throw unsupported(place, "a call with the same tensor twice");
  if (tensors.length === 0) throw malformed(place, "is called on nothing");
  return tensors;
}

export interface CallRules {
  /** `training=False` would be lost and matters. */
  readonly changesInTraining: boolean;
  /** `initial_state=` may be given. */
  readonly takesState: boolean;
}

export function readCalls(nodes: unknown, place: Place, rules: CallRules): readonly (readonly TensorOf[])[] {
  if (!Array.isArray(nodes)) throw malformed(place, "lacks inbound_nodes");
  return nodes.map((node) => readCall(node, place, rules));
}

/**
 * TensorFlow.js makes calls layer by layer in the order of the list, as soon as their tensors are there, and waits for
 * ever for one that never comes. Throws unless all calls get made, those of each layer in their order.
 */
export function checkOrder(calls: ReadonlyMap<string, readonly (readonly TensorOf[])[]>, place: Place): void {
  // An input is there without a call.
  const made = new Map([...calls].map(([name, { length }]) => [name, length === 0 ? 1 : 0]));
  const waiting = new Map([...calls].map(([name, list]) => [name, list.map((tensors, index) => ({ tensors, index }))]));
  for (let isMoving = true; isMoving; ) {
    isMoving = false;
    for (const [name, list] of waiting) {
      const later = list.filter(({ tensors, index }) => {
        if (!tensors.every(([layer, call]) => call < (made.get(layer) ?? 0))) return true;
        if (index !== made.get(name)) throw unsupported(place, `the layer "${name}" called in an order of its own`);
        made.set(name, index + 1);
        isMoving = true;
        return false;
      });
      waiting.set(name, later);
    }
  }
  const stuck = [...waiting].find(([, list]) => list.length > 0)?.[0];
  if (stuck !== undefined) throw malformed(place, `calls the layer "${stuck}" on what no layer gives`);
}
