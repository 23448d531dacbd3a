/** Weights, masks and optimizer state as plain arrays: for the loop's two memory slots and for checkpoints. */
import type * as Tf from "@tensorflow/tfjs";
import type { MaskedWeights } from "../pruning/masks.ts";
import type { Update } from "../pruning/update.ts";
import type { Checkpoint } from "../runs/checkpoint/checkpoint.ts";
import type { Network } from "./network.ts";

type TF = typeof Tf;
type StoredTensors = Checkpoint["tensors"];
type Values = ReadonlyMap<string, Float32Array>;

/** Weights and masks of one moment, by weight name. */
export interface Snapshot {
  readonly weights: Values;
  readonly masks: Values;
}

/** A copy: some backends hand out their own buffer. */
export function readValues(variable: Tf.Variable): Float32Array {
  return Float32Array.from(variable.dataSync());
}

export function takeSnapshot(network: Network, masks: Values): Snapshot {
  return {
    weights: new Map([...network.weights].map(([name, variable]) => [name, readValues(variable)])),
    masks: new Map(masks),
  };
}

export function assignWeights(tf: TF, network: Pick<Network, "weights">, weights: Values): void {
  for (const [name, variable] of network.weights) {
    const values = weights.get(name);
    if (values === undefined || values.length !== variable.size) throw new Error(`no matching values for ${name}`);
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape, "float32")));
  }
}

/** Weights and the optimizer's state as a checkpoint has them. */
export function assignStored(tf: TF, network: Network, update: Update, tensors: StoredTensors): void {
  assignWeights(tf, network, unpackTensors(tensors, "weight"));
  for (const [name, values] of unpackTensors(tensors, "optimizer")) {
    const variable = update.state.get(name);
    if (variable === undefined)
      throw new Error(`the checkpoint has optimizer state ${name} that this run does not have`);
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape, "float32")));
  }
}

export function maskedWeights(network: Network, masks: Values): MaskedWeights[] {
  return network.parameters
    .filter((parameter) => parameter.prunable)
    .map(({ name, variable }) => {
      const mask = masks.get(name);
      if (mask === undefined) throw new Error(`no mask for ${name}`);
      return { name, shape: variable.shape, values: readValues(variable), mask };
    });
}

/** Everything that the next step depends on, under the names that a checkpoint stores: see docs/architecture.md. */
export function packTensors(
  network: Network,
  update: Update,
  masks: Values,
  slots: ReadonlyMap<string, Snapshot>,
): StoredTensors {
  const packed = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  const shapeOf = (name: string): readonly number[] => network.weights.get(name)?.shape ?? [];
  const put = (prefix: string, values: Values) => {
    for (const [name, array] of values) packed.set(`${prefix}:${name}`, { shape: shapeOf(name), values: array });
  };
  const current = takeSnapshot(network, masks);
  put("weight", current.weights);
  put("mask", current.masks);
  for (const [name, variable] of update.state)
    packed.set(`optimizer:${name}`, { shape: variable.shape, values: readValues(variable) });
  for (const [slot, snapshot] of slots) {
    put(`${slot}-weight`, snapshot.weights);
    // One that keeps everything says nothing.
    put(`${slot}-mask`, new Map([...snapshot.masks].filter(([, mask]) => mask.includes(0))));
  }
  return packed;
}

/** All weights by name, as a file of tensors has them. */
export function packWeights({ weights }: Network): StoredTensors {
  return new Map(
    [...weights].map(([name, variable]) => [name, { shape: variable.shape, values: readValues(variable) }] as const),
  );
}

/** A memory slot of a checkpoint; undefined where it was empty. */
export function unpackSlot(tensors: StoredTensors, slot: string, masks: Values): Snapshot | undefined {
  const weights = unpackTensors(tensors, `${slot}-weight`);
  if (weights.size === 0) return undefined;
  const stored = unpackTensors(tensors, `${slot}-mask`);
  const whole = ([name, { length }]: [string, Float32Array]): [string, Float32Array] => [
    name,
    stored.get(name) ?? new Float32Array(length).fill(1),
  ];
  return { weights, masks: new Map([...masks].map(whole)) };
}

/** The tensors stored under `<prefix>:`, by the rest of their name. */
export function unpackTensors(tensors: StoredTensors, prefix: string): Map<string, Float32Array> {
  const start = `${prefix}:`;
  return new Map(
    [...tensors]
      .filter(([name]) => name.startsWith(start))
      .map(([name, { values }]) => [name.slice(start.length), values]),
  );
}
