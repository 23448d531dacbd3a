/** What a scan of source text finds. */

export interface FoundLayer {
  /** Offsets of the call, e.g. `tf.layers.dense({ … })`. */
  readonly start: number;
  readonly end: number;
  /** `dense`, `conv2d`, …; in a model.json the class, `Dense`, `Conv2D`, … */
  readonly kind: string;
  /** Where the call gives one as a string. */
  readonly name?: string;
  /** The call gives a name, or may give one, that only running it would tell. */
  readonly isNameHidden?: true;
}

export interface FoundDefinition {
  /** What to call it: the declared name, or `default`. */
  readonly name: string;
  readonly exportName: string;
  readonly kind: "function" | "experiment";
  /** Offsets of the declaration, `export` included where it stands there. */
  readonly start: number;
  readonly end: number;
  readonly layers: readonly FoundLayer[];
  /** Of an experiment: the declared name of the file's function that builds its model. */
  readonly modelName?: string;
}

export interface Scan {
  /** In the order of the text. */
  readonly definitions: readonly FoundDefinition[];
  /** False when a mistake in the text may hide definitions. */
  readonly isWhole: boolean;
}
