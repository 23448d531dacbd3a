/** Collects the nodes and constants of a graph. Every tensor has a name of its own, made of the layer's. */
import type { OnnxAttributes } from "../../layers/onnxRule.ts";
import { type ElementType, elementTypeOf, type OnnxConstant, type OnnxNode } from "./messages.ts";
import { toChannelsFirst, toChannelsLast, type Value } from "./value.ts";

export class GraphWriter {
  readonly nodes: OnnxNode[] = [];
  private readonly constantsByName = new Map<string, OnnxConstant>();
  private readonly names: Set<string>;
  /** What has been transposed is not transposed again, and not back. */
  private readonly otherOrder = new Map<string, string>();
  private scope = "";

  /** @param names that are taken: of inputs, outputs and weights */
  constructor(names: readonly string[]) {
    this.names = new Set(names);
  }

  get constants(): readonly OnnxConstant[] {
    return [...this.constantsByName.values()];
  }

  /** Names nodes after a layer while something is written of it. */
  within<T>(layer: string, write: () => T): T {
    const outer = this.scope;
    this.scope = outer === "" ? layer : `${outer}/${layer}`;
    try {
      return write();
    } finally {
      this.scope = outer;
    }
  }

  add(operator: string, inputs: readonly string[], attributes: OnnxAttributes = {}): string {
    const [output = ""] = this.addSeveral(operator, inputs, attributes, 1);
    return output;
  }

  /** A node with `count` outputs. */
  addSeveral(
    operator: string,
    inputs: readonly string[],
    attributes: OnnxAttributes,
    count: number,
  ): readonly string[] {
    const name = this.unused(`${this.scope}/${operator}`);
    const outputs = Array.from({ length: count }, (_, at) => (at === 0 ? name : this.unused(`${name}:${at}`)));
    this.nodes.push({ operator, name, inputs, outputs, attributes });
    return outputs;
  }

  /** Gives a tensor the name of an output. */
  end(output: string, from: string): void {
    this.nodes.push({ operator: "Identity", name: output, inputs: [from], outputs: [output], attributes: {} });
  }

  /** What has the same name is the same, and written once. */
  constant(name: string, shape: readonly number[], make: () => Float32Array): string {
    if (!this.constantsByName.has(name)) this.keep(name, "float32", shape, make());
    return name;
  }

  floats(values: readonly number[] | Float32Array, shape: readonly number[]): string {
    const name = shape.length === 0 ? `float ${values[0]}` : this.unused(`${this.scope}/values`);
    return this.constant(name, shape, () => Float32Array.from(values));
  }

  ints(values: readonly number[]): string {
    const name = `int64 [${values.join(", ")}]`;
    if (!this.constantsByName.has(name)) {
      this.keep(name, "int64", [values.length], BigInt64Array.from(values, BigInt));
    }
    return name;
  }

  private keep(name: string, type: ElementType, shape: readonly number[], values: Float32Array | BigInt64Array): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.constantsByName.set(name, { name, type, shape, bytes });
  }

  /** The name of a tensor with its axes in TensorFlow.js's order. */
  channelsLast({ name, shape, channelsFirst }: Value): string {
    return channelsFirst ? this.reordered(name, toChannelsLast(shape.length)) : name;
  }

  channelsFirst({ name, shape, channelsFirst }: Value): string {
    return channelsFirst ? name : this.reordered(name, toChannelsFirst(shape.length));
  }

  private reordered(name: string, perm: readonly number[]): string {
    const known = this.otherOrder.get(name);
    if (known !== undefined) return known;
    const other = this.add("Transpose", [name], { perm });
    this.otherOrder.set(name, other);
    this.otherOrder.set(other, name);
    return other;
  }

  cast(value: Value, type: ElementType): Value {
    if (value.type === type) return value;
    return { ...value, type, name: this.add("Cast", [value.name], { to: elementTypeOf(type) }) };
  }

  private unused(name: string): string {
    let free = name;
    for (let at = 1; this.names.has(free); at++) free = `${name}_${at}`;
    this.names.add(free);
    return free;
  }
}
