/** Against the order in which Keras itself has written the layers of its models (test/reference/make_keras3.py). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRandom, permutation } from "../../../../src/data/random.ts";
import { type Call, type CallKey, kerasOrder } from "../../../../src/export/keras/order.ts";

interface Layer {
  readonly name: string;
  readonly inbound_nodes: readonly unknown[];
}
interface Config {
  readonly layers: readonly Layer[];
  readonly output_layers: readonly [string, number, number] | readonly (readonly [string, number, number])[];
}

const { cases } = JSON.parse(readFileSync(new URL("../../../reference/keras3.json", import.meta.url), "utf8")) as {
  readonly cases: readonly {
    readonly name: string;
    readonly json: { readonly class_name: string; readonly config: Config };
  }[];
};

/** The calls that a call has its tensors from, in the order of the text. */
const historiesIn = (node: unknown): CallKey[] =>
  [...JSON.stringify(node).matchAll(/"keras_history":\["([^"]+)",(\d+),/g)].map(
    ([, layer, call]): CallKey => `${layer}:${Number(call)}`,
  );

describe("the order of layers in Keras", () => {
  for (const { name, json } of cases.filter((each) => each.json.class_name === "Functional")) {
    it(`is that of ${name}, whatever order its layers came in`, () => {
      const { layers, output_layers: ends } = json.config;
      const outputs = (typeof ends[0] === "string" ? [ends] : ends) as readonly [string, number, number][];
      const order = permutation(layers.length, createRandom(name));
      const calls = new Map<CallKey, Call>();
      for (const at of order) {
        const layer = layers[at];
        if (layer === undefined) continue;
        const nodes = layer.inbound_nodes.length === 0 ? [undefined] : layer.inbound_nodes;
        for (const [call, node] of nodes.entries()) {
          calls.set(`${layer.name}:${call}`, { layer: layer.name, from: node === undefined ? [] : historiesIn(node) });
        }
      }
      const got = kerasOrder(
        calls,
        outputs.map(([layer, call]): CallKey => `${layer}:${call}`),
      );
      assert.deepEqual(
        got,
        layers.map((layer) => layer.name),
      );
    });
  }
});
