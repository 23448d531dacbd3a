/** Which layer classes of TensorFlow.js make weights, as their own code says: independent of what Whittle knows. */
import type * as Tf from "@tensorflow/tfjs";

/** Something for every layer function: each takes what it knows. */
function argumentsFor(tf: typeof Tf): object {
  const pair = [2, 2];
  return {
    ...{ units: 2, filters: 2, kernelSize: 1, inputDim: 2, outputDim: 2, rate: 0.5, n: 2, inputShape: [4], size: pair },
    ...{ targetShape: [2], dims: [1], axes: 1, axis: 1, cropping: [pair, pair], activation: "relu", stddev: 0.1 },
    ...{ scale: 1, offset: 0, height: 2, width: 2, numTokens: 3, outputMode: "count", factor: 0.1 },
    ...{ cell: tf.layers.lstmCell({ units: 2 }), cells: [tf.layers.lstmCell({ units: 2 })] },
    ...{ layer: tf.layers.lstm({ units: 2 }), mergeMode: "concat" },
  };
}

/** Every function of `tf.layers` that makes a layer, and models, which may be layers of others. */
export function makeAll(tf: typeof Tf): readonly Tf.layers.Layer[] {
  const args = argumentsFor(tf);
  const layers = Object.entries(tf.layers).flatMap(([name, make]: [string, unknown]) => {
    // Classes, and the symbolic input.
    if (/^[A-Z]/.test(name) || name === "input" || typeof make !== "function") return [];
    const layer: unknown = Reflect.apply(make, tf.layers, [{ ...args }]);
    if (!(layer instanceof tf.layers.Layer)) throw new Error(`tf.layers.${name} makes no layer`);
    return [layer];
  });
  const input = tf.input({ shape: [2] });
  return [...layers, tf.sequential(), tf.model({ inputs: input, outputs: input })];
}

/** Class → names of the weights that it makes itself; none of those that have the weights of layers inside them. */
export function collectWeightedClasses(tf: typeof Tf): ReadonlyMap<string, readonly string[]> {
  const classes = new Map<string, readonly string[]>();
  for (const layer of makeAll(tf)) {
    const names: string[] = [];
    /** A method that a subclass has replaced makes no weights. */
    const seen = new Set<string>();
    let hasOthers = false;
    for (
      let prototype: object | null = Object.getPrototypeOf(layer);
      prototype !== null && prototype !== tf.layers.Layer.prototype;
      prototype = Object.getPrototypeOf(prototype)
    ) {
      const members = Object.getOwnPropertyDescriptors(prototype);
      hasOthers ||= "trainableWeights" in members;
      for (const [method, { value }] of Object.entries(members)) {
        if (typeof value !== "function" || method === "constructor" || seen.has(method)) continue;
        seen.add(method);
        names.push(...[...String(value).matchAll(/addWeight\(\s*['"](\w+)['"]/g)].map(([, name = ""]) => name));
      }
    }
    if (names.length > 0 || hasOthers) classes.set(layer.getClassName(), [...new Set(names)]);
  }
  return classes;
}
