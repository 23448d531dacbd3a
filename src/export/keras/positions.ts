/** A learned vector that is added at each position, which no layer of Keras does. */
import type { KerasLayer, KerasWeight } from "./kerasLayer.ts";
import { alone, keras, type Layer, type OwnLayer, operation } from "./ownLayer.ts";

/**
 * Sequences of one length get the bias of an EinsumDense whose kernel is all ones; those of any length a table, whose row each
 * position finds by counting.
 * @param layer what adds them @param name of what is made @param table `[positions, width]`
 */
export function positions(layer: Layer, name: string, table: KerasWeight): OwnLayer {
  const lengths = new Set(
    layer.inboundNodes.flatMap(({ outputTensors }) => outputTensors.map(({ shape }) => shape[1])),
  );
  const [length] = lengths;
  return lengths.size === 1 && typeof length === "number"
    ? alone(ofLength(layer, name, table, length))
    : ofAnyLength(layer, name, table);
}

function ofLength(layer: Layer, name: string, table: KerasWeight, length: number): KerasLayer {
  const shape = [length, table.shape[1] ?? 1];
  const values = table.values.slice(0, length * (table.shape[1] ?? 1));
  const settings = {
    name,
    trainable: layer.trainable,
    equation: "abc,bc->abc",
    output_shape: shape,
    bias_axes: "bc",
    kernel_initializer: { module: "keras.initializers", class_name: "Ones", config: {}, registered_name: null },
  };
  const weights = [
    { ...table, shape, name: "kernel", values: new Float32Array(values.length).fill(1) },
    { ...table, shape, name: "bias", values },
  ];
  return { ...keras("EinsumDense", settings), weights };
}

function ofAnyLength(layer: Layer, name: string, table: KerasWeight): OwnLayer {
  const [rows, width] = table.shape;
  const [ones, each, count, from0] = [
    operation("OnesLike", `${name}_ones`),
    operation("Max", `${name}_each`, { axis: -1, keepdims: false, initial: null }),
    operation("Cumsum", `${name}_count`, { axis: 1 }),
    operation("Subtract", `${name}_from_0`),
  ] as const;
  const embedding: KerasLayer = {
    ...keras("Embedding", { name, trainable: layer.trainable, input_dim: rows, output_dim: width }),
    weights: [{ ...table, name: "embeddings" }],
  };
  const added: KerasLayer = { ...keras("Add", { name: `${name}_added` }), weights: [] };
  return {
    layers: [ones, each, count, from0, embedding, added],
    call: (calls, tensors) => {
      const [features] = tensors;
      if (features === undefined) throw new Error(`${name} is called on nothing`);
      const ofEach = { shape: calls.shapeOf(features).slice(0, -1), dtype: "float32" };
      const ofOnes = calls.call(ones.config.name, [features]);
      const counted = [each, count].reduce((x, of) => calls.call(of.config.name, [x], {}, ofEach), ofOnes);
      const indices = calls.call(from0.config.name, [counted], { x2: 1 }, ofEach);
      return calls.call(added.config.name, [features, calls.call(name, [indices])]);
    },
  };
}
