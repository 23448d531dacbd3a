/**
 * Multiplications and additions by weights, for one example, as they are usually counted: what biases, activations, pooling and
 * normalization add is left out.
 */
import type * as Tf from "@tensorflow/tfjs";
import { insideOf } from "../layers/inside.ts";
import { findWeight } from "../layers/ownName.ts";
import { sizeOf } from "../models/shapes.ts";
import { type Layer, listApplications } from "./applications.ts";

/** Without the batch; an open length is not a number. */
type Shape = readonly number[];
/** @returns products of a weight and a feature; undefined where it is not known */
type Cost = (layer: Layer, input: Shape, output: Shape, others: readonly Shape[]) => number | undefined;

const none: Cost = () => 0;

const dense: Cost = (layer, input) => sizeOf(input.slice(0, -1)) * sizeOf(weight(layer, "kernel"));

const convolution: Cost = (layer, _, output) => {
  const kernel = weight(layer, "kernel");
  return sizeOf(output) * sizeOf(kernel.slice(0, -1));
};

/** A kernel's axes are window, filters, channels: each number that comes in goes to a window of all filters. */
const transposedConvolution: Cost = (layer, input) => sizeOf(input) * sizeOf(weight(layer, "kernel").slice(0, -1));

const depthwiseConvolution: Cost = (layer, _, output) =>
  sizeOf(output) * sizeOf(weight(layer, "depthwise_kernel").slice(0, -2));

const separableConvolution: Cost = (layer, _, output) => {
  const [depthwise, pointwise] = [weight(layer, "depthwise_kernel"), weight(layer, "pointwise_kernel")];
  return (sizeOf(output) / (pointwise.at(-1) ?? 1)) * (sizeOf(depthwise) + sizeOf(pointwise));
};

/** Its own weights and those of its cell, or cells, are the same. */
const recurrent: Cost = (layer, input) => {
  const kernels = layer.weights.filter(({ originalName }) => /(^|\/)(recurrent_)?kernel$/.test(originalName));
  const cells = layer.getClassName() === "RNN" ? insideOf(layer).flatMap((cell) => [cell, ...insideOf(cell)]) : [];
  if (cells.some((cell) => !CELLS.has(cell.getClassName()))) return undefined;
  return (input[0] ?? Number.NaN) * kernels.reduce((sum, { shape }) => sum + sizeOf(shape as Shape), 0);
};

const bothDirections: Cost = (layer, input, output, others) =>
  sumOf(insideOf(layer).map((inner) => costOf(inner, input, output, others)));

const eachStep: Cost = (layer, input, output) => {
  const [inner] = insideOf(layer);
  const once = inner && costOf(inner, input.slice(1), output.slice(1), []);
  return once === undefined ? undefined : once * (input[0] ?? Number.NaN);
};

/** The products of queries with keys, and of what these weigh with values, are the positions' own. */
const attention: Cost = (layer, query, _, others) => {
  // Ids have positions alone.
  const [answers = query] = others.filter(({ length }) => length > 1);
  const [asked = Number.NaN] = query;
  const [answering = Number.NaN] = answers;
  const projections =
    asked * (sizeOf(weight(layer, "query")) + sizeOf(weight(layer, "output"))) +
    answering * (sizeOf(weight(layer, "key")) + sizeOf(weight(layer, "value")));
  const [width = 0, valueWidth = 0] = [weight(layer, "query").at(-1), weight(layer, "value").at(-1)];
  return projections + asked * answering * (width + valueWidth);
};

/** Given features, it says how well each token fits. */
const tokens: Cost = (layer, input) =>
  input.length < 2 ? 0 : (input[0] ?? Number.NaN) * sizeOf(weight(layer, "tokens"));

const CELLS: ReadonlySet<string> = new Set(["SimpleRNNCell", "GRUCell", "LSTMCell", "StackedRNNCells"]);

const COSTS: Readonly<Record<string, Cost>> = {
  Dense: dense,
  Conv1D: convolution,
  Conv2D: convolution,
  Conv3D: convolution,
  Conv2DTranspose: transposedConvolution,
  Conv3DTranspose: transposedConvolution,
  DepthwiseConv2D: depthwiseConvolution,
  SeparableConv2D: separableConvolution,
  SimpleRNN: recurrent,
  GRU: recurrent,
  LSTM: recurrent,
  RNN: recurrent,
  Bidirectional: bothDirections,
  TimeDistributed: eachStep,
  MultiHeadAttention: attention,
  TokenEmbedding: tokens,
};

/** They multiply nothing by weights, or one number each. */
const WITHOUT_PRODUCTS: ReadonlySet<string> = new Set([
  ...["InputLayer", "Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "ThresholdedReLU", "Softmax"],
  ...["Dropout", "SpatialDropout1D", "AlphaDropout", "GaussianDropout", "GaussianNoise", "Masking"],
  ...["Flatten", "Reshape", "Permute", "RepeatVector", "ZeroPadding2D", "Cropping2D", "UpSampling2D"],
  ...["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"],
  ...["MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D"],
  ...["GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalAveragePooling1D", "GlobalAveragePooling2D"],
  ...["BatchNormalization", "LayerNormalization", "RmsNormalization", "GroupNormalization", "Rescaling"],
  ...["Embedding", "PositionEmbedding", "GaussianSampling"],
]);

/** @returns undefined where a layer's are not known: its class is not, or a length is open */
export function countFlops(model: Tf.LayersModel): number | undefined {
  const products = listApplications(model).applications.map(({ layer, inputs, outputs }) => {
    const [input = [], ...others] = inputs.map(({ shape }) => shapeOf(shape));
    return costOf(layer, input, shapeOf(outputs[0]?.shape ?? []), others);
  });
  const all = sumOf(products);
  return all === undefined ? undefined : 2 * all;
}

const costOf: Cost = (layer, ...shapes) => {
  const className = layer.getClassName();
  const cost = WITHOUT_PRODUCTS.has(className) ? none : COSTS[className];
  return cost?.(layer, ...shapes);
};

const shapeOf = (shape: readonly (number | null)[]): Shape => shape.slice(1).map((length) => length ?? Number.NaN);

function sumOf(parts: readonly (number | undefined)[]): number | undefined {
  const sum = parts.reduce<number>((all, part) => all + (part ?? Number.NaN), 0);
  return Number.isNaN(sum) ? undefined : sum;
}

/** The shape of the layer's weight of that name; one that is not there makes the sum unknown. */
function weight(layer: Layer, name: string): Shape {
  const found = findWeight(layer, name);
  return found === undefined ? [Number.NaN] : (found.shape as Shape);
}
