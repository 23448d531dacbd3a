/** A format of data sets: what stands before the colon of `idx:DIR`, and what reads it. */
import type { Settings } from "../../protocol/settings.ts";
import type { AnyDataSet } from "../types.ts";

export interface OpenOptions {
  /** Part of the training examples that decisions are made on, where the data set has no split of its own for that. */
  readonly validationSplit: number;
  readonly seed: number;
  /** Whole numbers as targets are values, and not ids of classes, where a format does not say what they are. */
  readonly wantsValues?: boolean;
  /** Whole numbers as targets are ids of classes, of each position where they have several axes. */
  readonly wantsIds?: boolean;
  /** The id that stands for no class, but for padding. */
  readonly ignoreTarget?: number;
  /** How texts become ids; missing, as the setting's defaults say. */
  readonly text?: Settings["text"];
  /** Axes of one example, as the model takes it. */
  readonly exampleRank?: number;
  /** Names of the model's inputs and outputs, where it has several. */
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  /**
   * What the user's function that `file` (absolute) exports gives; missing where no user's code may run.
   * @throws WhittleError that names the file
   */
  readonly load?: (file: string, exportName: string) => Promise<unknown>;
  /** What the model's own `file` (absolute) trains on; missing where no user's code may run. */
  readonly fitted?: { readonly file: string; give(): Promise<unknown> };
  /** Names `file`, and the line where known, in an error that the user's code threw. */
  readonly explainFor?: (file: string) => (error: unknown) => Error;
  /** Told what takes long. */
  readonly onProgress?: (note: string) => void;
}

export interface DataFormat {
  readonly name: string;
  /** What stands after the colon, as usage texts call it; absent where nothing may. */
  readonly takes?: string;
  /** @throws WhittleError naming the file for data that cannot be read */
  readonly open: (rest: string, options: OpenOptions) => AnyDataSet | Promise<AnyDataSet>;
}
