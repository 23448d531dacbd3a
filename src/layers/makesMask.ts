interface Configured {
  getClassName(): string;
  getConfig(): Readonly<Record<string, unknown>>;
}

/** Whether a layer says which steps of a sequence are padding. In TensorFlow.js that reaches every layer computed after it, also those beside it. */
export const makesMask = (layer: Configured): boolean =>
  layer.getClassName() === "Masking" ||
  (layer.getClassName() === "Embedding" && layer.getConfig()["maskZero"] === true);
