/** One application of a layer, as the kinds of layers see it that write themselves. */
import type * as Tf from "@tensorflow/tfjs";
import type { z } from "zod";
import { findWeight } from "../../layers/ownName.ts";
import { usageError, type WhittleError } from "../../protocol/errors.ts";
import type { GraphWriter } from "./graphWriter.ts";
import type { ElementType } from "./messages.ts";
import type { Shape, Value } from "./value.ts";

export type Layer = Tf.layers.Layer;
type Weight = Layer["weights"][number];

/** What a kind of layer gives back of an output; its shape the layer itself knows. */
export interface Output {
  readonly name: string;
  readonly channelsFirst?: boolean;
  /** float32 where nothing is said. */
  readonly type?: ElementType;
}

export interface LayerWriter {
  /** As `getClassName()` says. */
  readonly classes: readonly string[];
  /** It does not compute with its inputs, so they keep their type. Others are given float32, as TensorFlow.js does. */
  readonly keepsType?: true;
  /** @throws WhittleError (usage) for what the layer does and ONNX has no operator for */
  write(call: LayerCall): Output | readonly Output[];
}

export interface WriteContext {
  readonly graph: GraphWriter;
  /** By `nameWeights`. */
  readonly weightNames: ReadonlyMap<Weight, string>;
  /** The layer's name, counted within the model where it has none of its own. */
  readonly nameOf: (layer: Layer) => string;
  /** A layer inside of another one. */
  readonly writeLayer: (layer: Layer, inputs: readonly Value[]) => readonly Value[];
}

export class LayerCall {
  readonly graph: GraphWriter;

  constructor(
    readonly context: WriteContext,
    readonly layer: Layer,
    readonly inputs: readonly Value[],
    readonly outputShapes: readonly Shape[],
  ) {
    this.graph = context.graph;
  }

  /** The first input. */
  get x(): Value {
    const [x] = this.inputs;
    if (x === undefined) throw new Error(`layer ${this.layer.name} has no input`);
    return x;
  }

  /** The first input in TensorFlow.js's order of axes. */
  get plain(): string {
    return this.graph.channelsLast(this.x);
  }

  get outputShape(): Shape {
    return this.outputShapes[0] ?? [];
  }

  /** Of the layer's configuration, what the schema asks for. */
  config<T>(schema: z.ZodType<T>): T {
    return schema.parse(this.layer.getConfig());
  }

  private find(name: string, layer: Layer): Weight | undefined {
    return findWeight(layer, name);
  }

  hasWeight(name: string, layer = this.layer): boolean {
    return this.find(name, layer) !== undefined;
  }

  /** By the weight's own name, e.g. `kernel`. */
  weight(name: string, layer = this.layer): LayerWeight {
    const weight = this.find(name, layer);
    if (weight === undefined) throw new Error(`layer ${layer.name} has no weight ${name}`);
    const shape = weight.shape.map((size) => size ?? 1);
    const constant = this.context.weightNames.get(weight) ?? weight.originalName;
    return { constant, shape, read: () => weight.read().dataSync() as Float32Array };
  }

  /** A weight as it is. */
  asIs(name: string, layer = this.layer): string {
    const { constant, shape, read } = this.weight(name, layer);
    return this.graph.constant(constant, shape, read);
  }

  fail(what: string): WhittleError {
    return unsupportedLayer(this.layer, what);
  }
}

export interface LayerWeight {
  /** What it is called in the file. */
  readonly constant: string;
  readonly shape: readonly number[];
  readonly read: () => Float32Array;
}

const REMEDY = "Export the model in another form, such as tfjs, or build it without that.";

/** @param what goes on after the name of the layer, as "has …" */
export function unsupportedLayer(layer: Layer, what: string, remedy = REMEDY): WhittleError {
  return usageError(`Layer "${layer.name}" (${layer.getClassName()}) ${what}.`, remedy);
}
