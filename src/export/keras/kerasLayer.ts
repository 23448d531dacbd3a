/** A layer of a Keras model that is about to be written. */
import type { JsonObject } from "../../models/keras3/place.ts";
import { usageError, type WhittleError } from "../../protocol/errors.ts";

export interface KerasWeight {
  /** Where it is within the layer by attributes of Keras: nothing for the layer itself, else e.g. `cell`, `layers/dense`. */
  readonly holder: string;
  /** The same by names: e.g. `lstm_cell`, `fc1`. */
  readonly scope: string;
  /** As Keras calls it, e.g. `kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** As its own layer says, whatever holds that: Keras asks no further. */
  readonly isTrainable: boolean;
}

export interface KerasLayer {
  /** Where its class is, e.g. `keras.layers`. */
  readonly module: string;
  readonly className: string;
  readonly config: JsonObject & { readonly name: string };
  /** Those of each holder in the order in which Keras makes them. */
  readonly weights: readonly KerasWeight[];
}

/** A layer that holds layers, in Keras's order. */
export interface KerasModel extends KerasLayer {
  readonly layers: readonly KerasLayer[];
}

/** The weight as one of what holds its layer. */
export function within(weight: KerasWeight, holder: string, name: string): KerasWeight {
  const join = (...parts: readonly string[]): string => parts.filter(Boolean).join("/");
  return { ...weight, holder: join(holder, weight.holder), scope: join(name, weight.scope) };
}

/** @param what completes "The layer NAME has …" */
export function refuse(name: string, className: string, what: string): WhittleError {
  return usageError(
    `The layer "${name}" (${className}) has ${what}, for which Keras has no equal.`,
    "Export to another format, or build the model without it.",
  );
}

/** An object that Keras makes of a class and its config. */
export function serialize({ module, className, config }: Omit<KerasLayer, "weights">): JsonObject {
  return { module, class_name: className, config, registered_name: null };
}
