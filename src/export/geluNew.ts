/**
 * TensorFlow.js 4.22 writes the activation `gelu_new` and cannot read it: it makes `geluNew` of it, which it does not have. Here a
 * model's description is given the same function by layers that it does read:
 * ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))) = x · sigmoid(x · (c + 0.044715 c x²)) with c = 2 √(2/π).
 */
import { z } from "zod";

const C = 2 * Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;
const NAME = "gelu_new";

/** Layer, which call of it, which of its outputs. */
const refSchema = z.tuple([z.string(), z.int(), z.int()]).rest(z.unknown());
type Ref = z.infer<typeof refSchema>;
const layerSchema = z.looseObject({
  name: z.string(),
  class_name: z.string(),
  config: z.looseObject({}),
  inbound_nodes: z.array(z.array(refSchema)),
});
type LayerJson = z.infer<typeof layerSchema>;
const graphSchema = z.looseObject({
  class_name: z.string(),
  config: z.looseObject({ layers: z.array(layerSchema), output_layers: z.array(refSchema) }),
});

/** @returns as given where it is a chain of layers, which has no place for a branch; models inside of models likewise */
export function withoutGeluNew(topology: unknown): unknown {
  const graph = graphSchema.safeParse(topology).data;
  if (graph === undefined) return topology;
  const { layers, output_layers: outputs } = graph.config;
  const replaced = new Set(layers.filter(({ config }) => config["activation"] === NAME).map(({ name }) => name));
  const redirect = ([layer, ...rest]: Ref): Ref => [replaced.has(layer) ? nameOf(layer, "product") : layer, ...rest];
  const written = layers.flatMap((layer): unknown[] => {
    const own = { ...layer, inbound_nodes: layer.inbound_nodes.map((node) => node.map(redirect)) };
    if (!replaced.has(layer.name)) return [{ ...own, ...inner(layer) }];
    return [{ ...own, config: { ...layer.config, activation: "linear" } }, ...activationOf(layer)];
  });
  return { ...graph, config: { ...graph.config, layers: written, output_layers: outputs.map(redirect) } };
}

const inner = ({ class_name, config }: LayerJson): object => withoutGeluNew({ class_name, config }) as object;

const nameOf = (layer: string, part: string): string => `${layer}_gelu_${part}`;

/** As many calls as the layer itself has. */
function activationOf({ name, inbound_nodes: calls }: LayerJson): LayerJson[] {
  const part = (own: string, class_name: string, config: object, from: readonly string[]): LayerJson => ({
    name: own,
    class_name,
    config: { name: own, trainable: true, ...config },
    inbound_nodes: calls.map((_, call) => from.map((each): Ref => [each, call, 0, {}])),
  });
  const [copy, square, factor] = [nameOf(name, "copy"), nameOf(name, "square"), nameOf(name, "factor")];
  const [argument, gate] = [nameOf(name, "argument"), nameOf(name, "gate")];
  return [
    // TensorFlow.js gives a tensor up too early that a layer takes twice.
    part(copy, "Activation", { activation: "linear" }, [name]),
    part(square, "Multiply", {}, [name, copy]),
    part(factor, "Rescaling", { scale: CUBIC * C, offset: C }, [square]),
    part(argument, "Multiply", {}, [name, factor]),
    part(gate, "Activation", { activation: "sigmoid" }, [argument]),
    part(nameOf(name, "product"), "Multiply", {}, [name, gate]),
  ];
}
