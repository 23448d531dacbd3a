/**
 * Which weight of a model each tensor of a manifest is. TensorFlow.js's converter writes the names that Keras 3 has for
 * them, and these depend on the file it converted:
 * - of an .h5 file the path of the variable, `net/conv2d/kernel`, `bi/forward_lstm/lstm_cell/bias`;
 * - of a .keras file the place in it, by class and number, `layers/conv2d_1/vars/0`.
 */

/** A layer that may have weights, by its names. */
export interface WeightHolder {
  /** In TensorFlow.js: what comes before the weight's own name. */
  readonly layer: string;
  /** In a .keras file: what comes before `/vars/0`. */
  readonly path: string;
  /** Of the variables' paths: what they end with before the weight's own name; models around it may come before. */
  readonly scope: string;
}

/** `Conv2DTranspose` → `conv2d_transpose`, as Keras makes names of classes. */
export function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

/** Tensors that are no weights: the state of the optimizer, and of what drops at random. */
const NO_WEIGHT = /^optimizer\/|^metrics\/|seed_generator/;

const parentOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf("/")));
const lastOf = (name: string): string => name.slice(name.lastIndexOf("/") + 1);

/**
 * Gives the model's own name of a tensor's weight: `undefined` for what is no weight, the tensor's own name where it is
 * one of the model's already, or where nothing is known of it. `weights` are all names of the model, those of a layer
 * in the order in which it made them.
 */
export function weightNames(
  holders: readonly WeightHolder[],
  weights: readonly string[],
): (tensor: string) => string | undefined {
  const known = new Set(weights);
  const byPath = new Map(holders.map((holder) => [holder.path, holder]));
  // Of two that end alike the longer one is meant.
  const byScope = [...holders].sort((a, b) => b.scope.length - a.scope.length);
  const own = ({ layer }: WeightHolder) => weights.filter((name) => parentOf(name) === layer);
  return (tensor) => {
    if (known.has(tensor)) return tensor;
    if (NO_WEIGHT.test(tensor)) return undefined;
    const [, path, index] = /^(.*)\/vars\/(\d+)$/.exec(tensor) ?? [];
    if (path !== undefined) {
      const holder = byPath.get(path);
      return (holder && own(holder)[Number(index)]) ?? tensor;
    }
    const holder = byScope.find(({ scope }) => `/${parentOf(tensor)}`.endsWith(`/${scope}`));
    if (holder === undefined) return tensor;
    const name = lastOf(tensor);
    // TensorFlow.js calls the kernel of a depthwise convolution by its full name.
    return own(holder).find((each) => [name, `depthwise_${name}`].includes(lastOf(each))) ?? tensor;
  };
}
