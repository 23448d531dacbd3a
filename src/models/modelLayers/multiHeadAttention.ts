import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import type { WeightUnits } from "../../layers/weightUnits.ts";
import { attend, headsOf, partsOf, unseenLater, unseenPadding, type WeightOf } from "./attention.ts";
import { firstShape, lengthOf, register } from "./base.ts";

export interface MultiHeadAttentionArgs {
  readonly heads: number;
  /** Of the queries, keys and values of one head; by default the features divided by the heads. */
  readonly headWidth?: number;
  /** No position sees a later one. */
  readonly causal?: boolean;
  readonly useBias?: boolean;
  readonly name?: string;
  readonly trainable?: boolean;
}

type Apply = Tf.layers.Layer["apply"];

const PARTS = ["query", "key", "value"] as const;

/**
 * Scaled dot-product attention of several heads (arXiv 1706.03762). Applied to one tensor `[batch, positions, features]` it
 * attends to itself; applied to two, the first asks and the second answers. Given ids too, `[batch, positions]` of what
 * answers, it does not see where they are 0, which is padding; where nothing is seen, it gives the mean of all values. Weights:
 * `query`, `key` and `value` `[features, heads · headWidth]`, `output` `[heads · headWidth, features]`, and a bias of each.
 */
export function createMultiHeadAttention(tf: TF) {
  class MultiHeadAttention extends tf.layers.Layer {
    static readonly className: string = "MultiHeadAttention";
    private readonly args: MultiHeadAttentionArgs;
    private headWidth = 0;
    private readonly own = new Map<string, Tf.LayerVariable>();

    constructor(args: MultiHeadAttentionArgs) {
      super(args as ConstructorParameters<typeof Tf.layers.Layer>[0]);
      this.args = args;
    }

    override build(inputShape: Tf.Shape | Tf.Shape[]): void {
      const given = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as Tf.Shape[];
      const { query, answers: value } = partsOf(given, (shape) => shape);
      const width = lengthOf(query, -1, "the number of features");
      const { heads } = this.args;
      this.headWidth = this.args.headWidth ?? width / heads;
      if (!Number.isInteger(this.headWidth) || this.headWidth < 1) {
        throw new Error(`${width} features cannot be divided among ${heads} heads: give headWidth`);
      }
      const inner = heads * this.headWidth;
      for (const part of PARTS) {
        this.add(part, [lengthOf(part === "query" ? query : value, -1, "the number of features"), inner]);
      }
      this.add("output", [inner, width]);
      super.build(inputShape);
    }

    private add(name: string, shape: readonly [number, number]): void {
      this.own.set(name, this.addWeight(name, [...shape], "float32", tf.initializers.glorotUniform({})));
      if (this.args.useBias === false) return;
      this.own.set(`${name}_bias`, this.addWeight(`${name}_bias`, [shape[1]], "float32", tf.initializers.zeros()));
    }

    /** What asks and answers itself is given once: of what is given twice TensorFlow.js's executor disposes too early. */
    override apply(...[inputs, kwargs]: Parameters<Apply>): ReturnType<Apply> {
      const each: Iterable<Tf.Tensor | Tf.SymbolicTensor> = Array.isArray(inputs) ? inputs : [inputs];
      return super.apply([...new Set(each)] as Tf.Tensor[] | Tf.SymbolicTensor[], kwargs);
    }

    override call(inputs: Tf.Tensor | Tf.Tensor[]): Tf.Tensor {
      return tf.tidy(() => {
        const { query, answers, ids } = partsOf([inputs].flat(), ({ shape }) => shape);
        const { heads, causal = false } = this.args;
        const weightOf: WeightOf = (name) => this.own.get(name)?.read();
        const split = (name: string, x: Tf.Tensor): Tf.Tensor => headsOf(tf, weightOf, name, x, heads);
        const [q, key, value] = [split("query", query), split("key", answers), split("value", answers)];
        const later = causal ? unseenLater(tf, [q.shape[2] ?? 1, key.shape[2] ?? 1]) : undefined;
        const padding = ids === undefined ? undefined : unseenPadding(tf, ids);
        // Of what is not seen for two reasons nothing is seen less.
        const unseen = later && padding ? tf.minimum(later, padding) : (later ?? padding);
        return attend(tf, weightOf, { query: q, key, value }, unseen);
      });
    }

    override computeOutputShape(inputShape: Tf.Shape | Tf.Shape[]): Tf.Shape {
      return firstShape(inputShape);
    }

    /** A head is what its query, key and value feed, and what the output reads of it. */
    weightUnits(): WeightUnits {
      const each = this.headWidth;
      const columns = { of: "heads", axis: 1, each } as const;
      return { query: columns, key: columns, value: columns, output: { of: "heads", axis: 0, each } };
    }

    override getConfig(): Tf.serialization.ConfigDict {
      const { heads, headWidth = null, causal = false, useBias = true } = this.args;
      // What followed from the features: a copy with fewer heads, or fewer features, has heads as wide.
      return { ...super.getConfig(), heads, headWidth: this.headWidth || headWidth, causal, useBias };
    }
  }
  register(tf, MultiHeadAttention);
  return (args: MultiHeadAttentionArgs): Tf.layers.Layer => new MultiHeadAttention(args);
}
