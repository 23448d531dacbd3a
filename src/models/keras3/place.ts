/** Where in a Keras 3 file something stands, and the one error that says what is wrong with it. */
import { WhittleError } from "../../protocol/errors.ts";

export interface Place {
  readonly file: string;
  /** What a user looks for, e.g. `layer "gru" (GRU)`, `the model "net"`. */
  readonly what: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Any value in one short line. */
export function show(value: unknown): string {
  if (isObject(value)) return typeof value["class_name"] === "string" ? value["class_name"] : "an object";
  if (Array.isArray(value) && value.some((each) => typeof each === "object")) return "a list";
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** Keras can do it, TensorFlow.js or this translation cannot. `thing` completes "has …". */
export function unsupported(
  { file, what }: Place,
  thing: string,
  remedy = "Change the layer in Keras and save the model again, or write the model in TypeScript or JavaScript.",
): WhittleError {
  return new WhittleError(`${file}: ${what} has ${thing}, which is not supported.`, { remedy });
}

/** Not what Keras writes. `trouble` completes the name of the place. */
export function malformed({ file, what }: Place, trouble: string): WhittleError {
  return new WhittleError(`${file}: ${what} ${trouble}.`, {
    remedy: "Save the model again with Keras 3: the file is incomplete or was changed by hand.",
  });
}

/** A word as it is, anything else as a message would show it. */
export const textOf = (value: unknown): string => (typeof value === "string" ? value : show(value));
