import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { findWeightRoles } from "../../../src/layers/weightRoles.ts";
import type { WeightUnits } from "../../../src/models/experiment.ts";

const [WIDTH, HEADS, HEAD] = [32, 4, 8];

/** Self-attention as one writes it down: one tensor each for queries, keys, values and the projection of what they give. */
class Attention extends tf.layers.Layer {
  static readonly className: string = "Attention";
  #weights: readonly tf.LayerVariable[] = [];

  override build(): void {
    const make = (name: string, shape: number[], seed: number) =>
      this.addWeight(name, shape, "float32", tf.initializers.randomNormal({ stddev: 0.3, seed }));
    this.#weights = [
      ...["wq", "wk", "wv"].map((name, index) => make(name, [WIDTH, HEADS, HEAD], index + 1)),
      make("wo", [HEADS, HEAD, WIDTH], 4),
    ];
    super.build([]);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [x] = [inputs].flat();
      const [wq, wk, wv, wo] = this.#weights.map((weight) => weight.read());
      if (x === undefined || wq === undefined || wk === undefined || wv === undefined || wo === undefined)
        throw new Error("not built");
      const [queries, keys, values] = [wq, wk, wv].map((weight) => tf.einsum("btw,whd->bhtd", x, weight));
      if (queries === undefined || keys === undefined || values === undefined) throw new Error("no projections");
      const attention = tf.softmax(tf.matMul(queries, keys, false, true).div(Math.sqrt(HEAD)));
      return tf.einsum("bhtd,hdw->btw", tf.matMul(attention, values), wo);
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
    return inputShape;
  }
}

class KnownAttention extends Attention {
  static override readonly className: string = "KnownAttention";
  static readonly weightUnits: WeightUnits = {
    wq: { of: "heads", axis: 1 },
    wk: { of: "heads", axis: 1 },
    wv: { of: "heads", axis: -2 },
    wo: { of: "heads", axis: 0 },
  };
}

/** Heads side by side in one axis; how many there are is the layer's own affair. */
class FlatAttention extends tf.layers.Layer {
  static readonly className: string = "FlatAttention";
  readonly headWidth: number;

  constructor(headWidth: number) {
    super({});
    this.headWidth = headWidth;
  }

  override build(): void {
    this.addWeight("qkv", [WIDTH, 3 * WIDTH], "float32", tf.initializers.zeros());
    this.addWeight("wo", [WIDTH, WIDTH], "float32", tf.initializers.zeros());
    this.addWeight("conv", [3, 3, 4, 2], "float32", tf.initializers.zeros());
    super.build([]);
  }

  weightUnits(): WeightUnits {
    return {
      qkv: { of: "heads", axis: 1, blocks: 3, each: this.headWidth },
      wo: { of: "heads", axis: 0, each: this.headWidth },
      conv: { of: "channels", axis: [2, 3] },
    };
  }
}

function unitsIn(layer: tf.layers.Layer): Readonly<Record<string, unknown>> {
  if (!layer.built) layer.build([null, 5, WIDTH]);
  const roles = findWeightRoles([layer]);
  return Object.fromEntries(
    layer.weights.map((weight) => [weight.originalName.split("/").at(-1), roles.get(weight)?.units]),
  );
}

describe("a layer class of one's own", () => {
  it("of which nothing is said has no units, rather than wrong ones", () => {
    assert.deepEqual(unitsIn(new Attention({})), { wq: undefined, wk: undefined, wv: undefined, wo: undefined });
  });

  it("says which axes count its units, and what they are called", () => {
    const inputs = { count: 4, stride: 8, of: "heads" };
    const output = { count: 4, stride: 256, of: "heads" };
    assert.deepEqual(unitsIn(new KnownAttention({})), { wq: inputs, wk: inputs, wv: inputs, wo: output });
  });

  it("may work that out from the layer", () => {
    assert.deepEqual(unitsIn(new FlatAttention(8)), {
      qkv: { count: 4, stride: 8, of: "heads" },
      wo: { count: 4, stride: 8 * 32, of: "heads" },
      conv: { count: 8, stride: 1, of: "channels" },
    });
    assert.deepEqual(unitsIn(new FlatAttention(16))["wo"], { count: 2, stride: 16 * 32, of: "heads" });
  });

  it("loses the same head by the values that go into it as by the projection of what it gives", () => {
    const layer = new KnownAttention({});
    const x = tf.randomNormal([2, 5, WIDTH], 0, 1, "float32", 7);
    const intact = (layer.apply(x) as tf.Tensor).dataSync();
    const roles = findWeightRoles([layer]);
    const without = (name: string, head: number): ArrayLike<number> => {
      const weight = layer.weights.find(({ originalName }) => originalName.endsWith(`/${name}`));
      const units = weight && roles.get(weight)?.units;
      assert.ok(units);
      const before = weight.read().clone();
      const kept = (before.dataSync() as Float32Array).map((value, i) =>
        Math.floor(i / units.stride) % units.count === head ? 0 : value,
      );
      weight.write(tf.tensor(kept, before.shape));
      const given = (layer.apply(x) as tf.Tensor).dataSync();
      weight.write(before);
      return given;
    };
    for (let head = 0; head < HEADS; head++) {
      assert.deepEqual(without("wv", head), without("wo", head));
      assert.notDeepEqual(without("wv", head), intact);
    }
  });

  it("is told where what it says does not fit", () => {
    const say = (weightUnits: unknown): tf.layers.Layer => Object.assign(new Attention({}), { weightUnits });
    assert.throws(() => unitsIn(say({ wq: { of: "heads", axis: 3 } })), {
      kind: "usage",
      message: "weightUnits of the layer class Attention does not fit its weight wq of shape [32, 4, 8]",
    });
    assert.throws(() => unitsIn(say({ wq: { of: "heads", axis: 1, each: 3 } })), { kind: "usage" });
    assert.throws(() => unitsIn(say({ wq: { of: "heads", axis: [0, 2] } })), { kind: "usage" });
    assert.throws(() => unitsIn(say({ wq: { of: "brains", axis: 1 } })), {
      kind: "usage",
      message: /^weightUnits of the layer class Attention cannot be read: wq\.of: /,
    });
    assert.throws(() => unitsIn(say("heads")), { kind: "usage" });
  });
});
