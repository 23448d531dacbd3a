import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../../engine/types.ts";
import type { WeightUnits } from "../../layers/weightUnits.ts";
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

/** Added to the scores of what must not be seen. */
const UNSEEN = -1e9;

type Apply = Tf.layers.Layer["apply"];

const PARTS = ["query", "key", "value"] as const;

/** Ids have a batch and positions, features one axis more. */
const isIds = ({ length }: readonly unknown[]): boolean => length === 2;

interface Parts<T> {
  readonly query: T;
  readonly answers: T;
  /** Of what answers. */
  readonly ids?: T;
}

/** @throws Error where they are not what the layer is applied to */
function partsOf<T>(given: readonly T[], shapeOf: (part: T) => readonly unknown[]): Parts<T> {
  const last = given.at(-1);
  const ids = last !== undefined && isIds(shapeOf(last)) ? last : undefined;
  const features = ids === undefined ? given : given.slice(0, -1);
  const [query, answers = query] = features;
  if (query === undefined || answers === undefined || features.length > 2 || features.map(shapeOf).some(isIds)) {
    throw new Error("multiHeadAttention is applied to features that ask, others that answer, and the ids of these");
  }
  const [positions, own] = [shapeOf(answers)[1], ids === undefined ? null : shapeOf(ids)[1]];
  if (typeof positions === "number" && typeof own === "number" && positions !== own) {
    throw new Error(`there are ids of ${own} positions, but ${positions} are attended to`);
  }
  return { query, answers, ...(ids === undefined ? {} : { ids }) };
}

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

    private project(name: string, x: Tf.Tensor): Tf.Tensor {
      const [kernel, bias] = [this.own.get(name)?.read(), this.own.get(`${name}_bias`)?.read()];
      if (kernel === undefined) throw new Error("the layer is not built");
      const flat = tf.reshape(x, [-1, kernel.shape[0] ?? 1]);
      const product = tf.matMul(flat, kernel as Tf.Tensor2D);
      const given = bias === undefined ? product : tf.add(product, bias);
      return tf.reshape(given, [...x.shape.slice(0, -1), kernel.shape[1] ?? 1]);
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
        const split = (name: string, x: Tf.Tensor): Tf.Tensor => {
          const [count = 1, positions = 1] = x.shape;
          const all = tf.reshape(this.project(name, x), [count, positions, heads, this.headWidth]);
          return tf.transpose(all, [0, 2, 1, 3]);
        };
        const [q, k, v] = [split("query", query), split("key", answers), split("value", answers)];
        const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(this.headWidth));
        const later = causal ? this.later(scores.shape) : undefined;
        const padding = ids === undefined ? undefined : this.padding(ids);
        // Of what is not seen for two reasons nothing is seen less.
        const unseen = later && padding ? tf.minimum(later, padding) : (later ?? padding);
        const seen = unseen === undefined ? scores : tf.add(scores, unseen);
        const [count = 1, positions = 1] = query.shape;
        const mixed = tf.transpose(tf.matMul(tf.softmax(seen), v), [0, 2, 1, 3]);
        return this.project("output", tf.reshape(mixed, [count, positions, heads * this.headWidth]));
      });
    }

    /** `[asking, answering]`: 0, and very little for what is later. */
    private later(shape: readonly number[]): Tf.Tensor {
      const [asking = 1, answering = 1] = shape.slice(-2);
      const values = Float32Array.from({ length: asking * answering }, (_, at) =>
        at % answering > Math.floor(at / answering) ? UNSEEN : 0,
      );
      return tf.tensor2d(values, [asking, answering]);
    }

    /** `[batch, 1, 1, answering]`: 0, and very little where the id is 0. */
    private padding(ids: Tf.Tensor): Tf.Tensor {
      const isPadding = tf.cast(tf.equal(ids, tf.scalar(0, ids.dtype)), "float32");
      return tf.reshape(tf.mul(isPadding, UNSEEN), [ids.shape[0] ?? 1, 1, 1, ids.shape[1] ?? 1]);
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
