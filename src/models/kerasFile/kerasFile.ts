import { messageOf } from "../../protocol/errors.ts";
import { ContentError, type Hdf5Array } from "../hdf5/contents.ts";
import { isObject } from "../keras3/place.ts";

/** What a file of either kind holds. */
export interface KerasFile {
  /** The model, below `model_config`, with what else the file says beside it: `keras_version`, `training_config`. */
  readonly topology: Readonly<Record<string, unknown>>;
  /** By their names in the file. */
  readonly weights: ReadonlyMap<string, Hdf5Array>;
}

/** @param what completes "FILE has …" @throws ContentError where it is no JSON object */
export function parseJson(text: string, what: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ContentError(`has ${what} that is no JSON: ${messageOf(error)}`);
  }
  if (!isObject(value)) throw new ContentError(`has ${what} that is no JSON object`);
  return value;
}
