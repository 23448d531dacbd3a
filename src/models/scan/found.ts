/** What a scan of source text finds. */

export interface FoundLayer {
  /** Offsets of the call, e.g. `tf.layers.dense({ … })`. */
  readonly start: number;
  readonly end: number;
  /** `dense`, `conv2d`, …; in a model.json the class, `Dense`, `Conv2D`, … */
  readonly kind: string;
  /** Where the call gives one as a string. */
  readonly name?: string;
  /** Where the name is put together, as in `block${i}`: the text before, between and behind what only running it would tell. */
  readonly namePieces?: readonly string[];
  /** The call gives a name, or may give one, that only running it would tell. */
  readonly isNameHidden?: true;
  /** What it stands in and is run more or less than once, the outermost first. */
  readonly blocks?: readonly FoundBlock[];
}

/** A loop, a branch, or a function that is called. */
export interface FoundBlock {
  /** Offset; layers of one block have the same. */
  readonly start: number;
  /** How often it is run, each time that what is around it is; undefined where only running it would tell. */
  readonly times?: number;
  /** It is run once or not at all. */
  readonly isOptional?: true;
}

export interface FoundParameter {
  readonly name: string;
  /** It has no default. */
  readonly isRequired: boolean;
  /** What a call in the file gives it, else its default, where that can be read: a value as in JSON. */
  readonly suggestion?: unknown;
}

export interface FoundDefinition {
  /** What to call it: the declared name, `Class.method`, or `default`. */
  readonly name: string;
  /** The export; where it is none, the name. */
  readonly exportName: string;
  /**
   * A function, method or class that returns a model, or trains or keeps one that it makes; what defineExperiment gives; or a model
   * that the file makes when it is loaded.
   */
  readonly kind: "function" | "experiment" | "model";
  /** Offsets of the declaration, `export` included where it stands there. */
  readonly start: number;
  readonly end: number;
  readonly layers: readonly FoundLayer[];
  /** Of an experiment: the declared name of the file's function that builds its model. */
  readonly modelName?: string;
  /** Of a function. */
  readonly parameters?: readonly FoundParameter[];
  /** A function that trains or keeps its model. */
  readonly returnsNone?: true;
  /** A function that trains what another one of the file makes, with data of its own. */
  readonly isProgram?: true;
  /** What the file itself trains with; not of an experiment, which says so. */
  readonly fit?: FitOptions;
}

/** Of `model.fit` and `fitDataset`, named as the settings of Whittle that mean the same. */
export interface FitOptions {
  readonly batchSize?: number;
  readonly epochs?: number;
  /** 0..1 */
  readonly validationSplit?: number;
  /** By class id. */
  readonly classWeights?: Readonly<Record<string, number>>;
}

/** A function that makes a model which nobody else can get, and does not train it either. */
export interface Hindrance {
  /** It may have none. */
  readonly name?: string;
  /** Offset of the declaration, or of the statement that it stands in. */
  readonly start: number;
}

export interface Scan {
  /** In the order of the text. */
  readonly definitions: readonly FoundDefinition[];
  readonly hindrances: readonly Hindrance[];
  /** False when a mistake in the text may hide definitions. */
  readonly isWhole: boolean;
}
