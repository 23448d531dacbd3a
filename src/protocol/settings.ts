/**
 * Every setting of a run, once: its type, range, unit, default and description. `defineExperiment`, `--set path=value`,
 * the run record, the panel, the documentation and the editor's JSON schema all come from this file.
 */
import { z } from "zod";

const positive = z.number().positive().finite();
const fraction = z.number().min(0).max(1);
const count = z.int().min(0);

export const METHOD_NAMES = ["irrelevance", "lobster", "l2", "none"] as const;
export const ENGINE_WISHES = ["auto", "native", "wasm", "cpu"] as const;
export const LOSS_NAMES = [
  "sparseCategoricalCrossentropy",
  "categoricalCrossentropy",
  "binaryCrossentropy",
  "meanSquaredError",
] as const;
export const METRIC_NAMES = ["accuracy", "binaryAccuracy", "meanSquaredError", "meanAbsoluteError"] as const;

/** `custom` stands for a function that the experiment gives; it is never typed by hand. */
const lossName = z.enum([...LOSS_NAMES, "custom"]);

export const optimizerSchema = z.strictObject({
  name: z
    .enum(["sgd", "momentum", "adam", "rmsprop"])
    .default("adam")
    .describe("Base optimizer of the regularized update."),
  learningRate: positive.default(0.001).describe("Learning rate η at the start of each phase."),
  momentum: fraction.default(0.9).describe("Momentum of `momentum` and β1 of `adam`."),
  decay: fraction
    .default(0.999)
    .describe("Decay of the running mean of squared gradients: β2 of `adam`, ρ of `rmsprop`."),
  epsilon: positive.default(1e-8).describe("Added to the root of the mean squared gradient in `adam` and `rmsprop`."),
  schedule: z
    .enum(["constant", "cosine"])
    .default("cosine")
    .describe(
      "How the learning rate goes within dense training and within fine-tuning: kept, or down to 0 along half a cosine.",
    ),
});

export const boundSchema = z
  .strictObject({
    maxDrop: z
      .number()
      .min(0)
      .optional()
      .describe(
        "Largest loss of the metric against the dense reference, in points (1 point = 0.01 of a metric in 0..1).",
      ),
    min: z.number().optional().describe("Smallest acceptable value of the metric (for metrics where more is better)."),
    max: z.number().optional().describe("Largest acceptable value of the metric (for metrics where less is better)."),
  })
  .default({ maxDrop: 0.5 })
  .describe("What the final model must keep of the first metric, on the validation split.");

export const pruningSchema = z.strictObject({
  method: z
    .enum(METHOD_NAMES)
    .default("irrelevance")
    .describe("Which weights the regularization shrinks, and how much."),
  lambda: z
    .number()
    .min(0)
    .finite()
    .default(6e-4)
    .describe("Regularization strength λ: the part of an irrelevant weight that one step removes."),
  scale: z
    .enum(["none", "mean", "max"])
    .default("mean")
    .describe("Scale s of `irrelevance`, per weight tensor, over its surviving weights."),
  signal: z
    .enum(["gradient", "weightGradient"])
    .default("gradient")
    .describe(
      "What `irrelevance` reads relevance from: |G|, or |W·G|, the first-order change of the loss when the weight goes.",
    ),
  average: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe("Decay of the running mean of the signal; 0 takes each minibatch alone."),
  floor: fraction
    .default(0.3)
    .describe("Smallest irrelevance a weight can have: a small decay for all, beside the selective one."),
  layers: z
    .array(z.string().min(1))
    .default(["**"])
    .describe(
      "Patterns over weight names (`dense_1/kernel`); a leading `!` excludes. Biases and normalization are taken only if a pattern other than `**` names them.",
    ),
  patience: z
    .int()
    .min(1)
    .default(5)
    .describe("Epochs without improvement after which a stage counts as a plateau (PWE)."),
  minDelta: z.number().min(0).default(0).describe("Relative improvement of the validation loss that counts as one."),
  interval: count.default(2).describe("Epochs between two prunings; 0 waits for a plateau instead."),
  tolerance: z
    .number()
    .min(0)
    .finite()
    .default(0.2)
    .describe("Relative worsening of the validation loss allowed in one pruning (TWT)."),
  threshold: z
    .enum(["global", "layer"])
    .default("global")
    .describe("One magnitude threshold for all weights, or one in units of each layer's own root mean square."),
  bound: boundSchema,
  minPruned: fraction
    .default(0.001)
    .describe(
      "Smallest part of the remaining weights a pruning must remove; less ends the loop when it lasts for `patience` stages.",
    ),
  targetSparsity: fraction.default(1).describe("Sparsity at which the loop ends, 0..1."),
  maxEpochs: count.default(60).describe("Most epochs of regularized training; 0 trains the dense model only."),
  maxMinutes: positive.optional().describe("Most minutes of regularized training."),
  finetuneEpochs: count.default(10).describe("Epochs without regularization at the end, masks fixed."),
});

export const settingsSchema = z.strictObject({
  data: z
    .string()
    .min(1)
    .default("digits")
    .describe("Data set: `digits`, or `idx:DIR` for a folder of MNIST-style IDX files."),
  batchSize: z.int().min(1).default(128).describe("Examples in a training batch."),
  validationSplit: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.1)
    .describe(
      "Part of the training examples kept for decisions where the data set has no validation split of its own.",
    ),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(0)
    .describe("Seed of initialisation, shuffling and split."),
  engine: z.enum(ENGINE_WISHES).default("auto").describe("Where tensors are computed."),
  epochs: z
    .int()
    .min(1)
    .default(20)
    .describe("Epochs of dense training before the first pruning; its best epoch is the dense reference."),
  loss: lossName.default("sparseCategoricalCrossentropy").describe("Data term of the loss."),
  metrics: z
    .array(z.enum([...METRIC_NAMES, "custom"]))
    .min(1)
    .default(["accuracy"])
    .describe("The first is the one that bounds speak of."),
  optimizer: optimizerSchema.prefault({}),
  pruning: pruningSchema.prefault({}),
});

export type Settings = z.infer<typeof settingsSchema>;
export type PruningSettings = Settings["pruning"];
export type OptimizerSettings = Settings["optimizer"];
/** What users write: every key optional. */
export type SettingsInput = z.input<typeof settingsSchema>;
export type EngineWish = Settings["engine"];
export type MethodName = PruningSettings["method"];
