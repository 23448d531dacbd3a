/**
 * Every setting of a run, once: its type, range, unit, default and description. `defineExperiment`, `--set path=value`,
 * the run record, the panel, the documentation and the editor's JSON schema all come from this file.
 */
import { z } from "zod";
import { TEXT_METRIC_NAMES } from "./textMetricNames.ts";
import { generationSchema, textSchema } from "./textSettings.ts";

const positive = z.number().positive().finite();
const fraction = z.number().min(0).max(1);
const count = z.int().min(0);

/** Settings files are `NAME.whittle.json`; the manifest says so too, for their schema. */
export const SETTINGS_FILE_ENDING = ".whittle.json";

export const METHOD_NAMES = ["irrelevance", "l1", "l2", "lobster", "none"] as const;
const SIGNAL_NAMES = ["gradient", "weightGradient", "movement", "snr"] as const;
const SCHEDULE_NAMES = ["search", "fraction", "cubic"] as const;
const CRITERION_NAMES = ["magnitude", "fisher"] as const;
const GRANULARITIES = ["weight", "unit"] as const;
export const PRESET_NAMES = ["whittle", "paper", "lobster"] as const;
export const ENGINE_WISHES = ["auto", "native", "wasm", "cpu"] as const;
export const LOSS_NAMES = [
  "sparseCategoricalCrossentropy",
  "categoricalCrossentropy",
  "binaryCrossentropy",
  "meanSquaredError",
] as const;
export const METRIC_NAMES = [
  "accuracy",
  "top2Accuracy",
  "top3Accuracy",
  "top5Accuracy",
  "top10Accuracy",
  "binaryAccuracy",
  "f1",
  "binaryF1",
  "auc",
  "perplexity",
  "bitsPerCharacter",
  "meanSquaredError",
  "rootMeanSquaredError",
  "meanAbsoluteError",
  "r2",
  ...TEXT_METRIC_NAMES,
] as const;
export const RATE_SCHEDULES = ["constant", "cosine", "linear", "step", "inverseRoot", "plateau"] as const;

/** `custom` stands for a function that the experiment gives; it is never typed by hand. */
const lossName = z.enum([...LOSS_NAMES, "custom"]);

const optimizerSchema = z.strictObject({
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
    .enum(RATE_SCHEDULES)
    .default("cosine")
    .describe(
      "How the learning rate goes within dense training and within fine-tuning: kept; down to 0 along half a cosine or a line; a tenth from one half on and a hundredth from three quarters on; with the inverse root of the steps; or a tenth of itself each time that the validation loss stands still (`patience`).",
    ),
  recoverSchedule: z
    .enum(RATE_SCHEDULES)
    .default("constant")
    .describe("The same in regularized training, between prunings, over `pruning.maxEpochs`."),
  patience: count
    .default(5)
    .describe(
      "Epochs in a row that `plateau` lets pass without a smaller validation loss; the count, and the full rate, begin anew with each phase and each pruning.",
    ),
  warmUp: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe(
      "Part of dense training, and of fine-tuning, over which the learning rate rises to its full value first.",
    ),
  clipNorm: positive
    .optional()
    .describe(
      "Largest norm of all gradients together, those of pruned weights left out; longer ones are shortened to it.",
    ),
});

const augmentationSchema = z
  .strictObject({
    flip: z
      .boolean()
      .default(false)
      .describe("Whether each training image is mirrored, left to right, with a chance of one half."),
    crop: z
      .int()
      .min(0)
      .max(1024)
      .default(0)
      .describe("Pixels of black around each training image, from which an image of its size is cut at random."),
    cutout: z
      .int()
      .min(0)
      .default(0)
      .describe("Side of a black square, in pixels, at a random place of each training image (arXiv 1708.04552)."),
  })
  .prefault({});

const boundSchema = z
  .strictObject({
    maxDrop: z
      .number()
      .min(0)
      .optional()
      .describe(
        "Largest loss of the metric against the dense reference, in points (1 point = 0.01 of a metric in 0..1, 1 of `bleu` and `chrf`).",
      ),
    min: z.number().optional().describe("Smallest acceptable value of the metric (for metrics where more is better)."),
    max: z.number().optional().describe("Largest acceptable value of the metric (for metrics where less is better)."),
  })
  .default({ maxDrop: 0.5 })
  .describe("What the final model must keep of the first metric, on the validation split.");

const pruningSchema = z.strictObject({
  schedule: z
    .enum(SCHEDULE_NAMES)
    .default("search")
    .describe(
      "How much is pruned at a time: the most that a search finds bearable, a fixed part of what remains whenever the metric is within the bound (arXiv 2204.04977), or along a cubic curve to `targetSparsity`, whatever the metric is (arXiv 1710.01878).",
    ),
  criterion: z
    .enum(CRITERION_NAMES)
    .default("magnitude")
    .describe("Which weights go first: the smallest |W|, or the smallest |W|·√(mean of G²), with the decay `average`."),
  method: z
    .enum(METHOD_NAMES)
    .default("irrelevance")
    .describe("Which weights the regularization shrinks, and how much."),
  coupling: z
    .enum(["decoupled", "optimizer"])
    .default("decoupled")
    .describe(
      "How the regularization reaches the weights: as a step of its own beside the optimizer's, with strength `lambda`, or as a term of the loss whose gradient goes through the optimizer, with strength `gamma` (arXiv 2204.04977).",
    ),
  lambda: z
    .number()
    .min(0)
    .finite()
    .default(6e-4)
    .describe(
      "Strength λ of a `decoupled` step: the part of an irrelevant weight that one step removes, W − λ·W·I; of `l1`, what it takes off |W|. For plain SGD with rate η, λ = 2γη.",
    ),
  gamma: z
    .number()
    .min(0)
    .finite()
    .default(1e-5)
    .describe(
      "Strength γ of the loss term γ·Σ W²·I (of `l1`: γ·Σ |W|) when it goes through the `optimizer`, which gets G + 2γ·W·I.",
    ),
  decay: z
    .enum(["none", "epoch"])
    .default("none")
    .describe("Whether the strength stays, or falls linearly to 0 over one epoch and starts anew at each pruning."),
  scale: z
    .enum(["mean", "max", "alpha"])
    .default("mean")
    .describe(
      "Scale s of `irrelevance`: mean or largest signal over the surviving weights of a tensor, or the constant `alpha`.",
    ),
  alpha: positive.default(1).describe("The constant scale of `irrelevance`, in units of the signal."),
  signal: z
    .enum(SIGNAL_NAMES)
    .default("gradient")
    .describe(
      "What `irrelevance` reads relevance from: |G|; |W·G|, the first-order change of the loss when the weight goes; `movement`, relu(−W·Ḡ) with Ḡ the running mean of G; `snr`, |Ḡ| / √(mean of G²).",
    ),
  average: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe("Decay of the running means of the signal and of the criterion; 0 takes each minibatch alone."),
  floor: fraction
    .default(0.3)
    .describe("Smallest irrelevance a weight can have: a small decay for all, beside the selective one."),
  granularity: z
    .enum(GRANULARITIES)
    .default("weight")
    .describe(
      "What is regularized and pruned as one: each weight, or the weights of a `unit` together (a neuron's, a filter's, a head's, with its bias), which leaves a smaller network in place of a sparse one.",
    ),
  layers: z
    .array(z.string().min(1))
    .default(["**"])
    .describe(
      "Patterns over weight names (`dense_1/kernel`); a leading `!` excludes. `**` leaves biases and normalization out: they are taken where another pattern names them, or all with `***`. With the granularity `unit`, units go whose kernels are all selected.",
    ),
  patience: z
    .int()
    .min(1)
    .default(5)
    .describe("Epochs without improvement after which a stage counts as a plateau (PWE)."),
  minDelta: z.number().min(0).default(0).describe("Relative improvement of the validation loss that counts as one."),
  interval: count
    .default(2)
    .describe("Epochs between two prunings; 0 waits for a plateau with `search`, and is one epoch otherwise."),
  intervalSteps: z
    .int()
    .min(1)
    .optional()
    .describe("Steps between two prunings, in place of `interval`; the validation split is evaluated each time."),
  fraction: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.1)
    .describe("Part of the remaining weights that one pruning of the schedule `fraction` removes."),
  ramp: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe("Part of `maxEpochs` over which `cubic` rises to `targetSparsity`; the rest is trained there."),
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
  preset: z
    .enum(PRESET_NAMES)
    .optional()
    .describe(
      "Settings of `optimizer` and `pruning` to begin with; those that are given beside it win. `paper`: as the authors' code of arXiv 2204.04977; `lobster`: as the code of arXiv 2011.09905; `whittle`: what the study in docs/method.md finds best.",
    ),
  data: z
    .string()
    .min(1)
    .default("digits")
    .describe(
      "Data set: `digits`; `phrases`, sentences of an invented language and their translations into another one; `idx:DIR`, a folder of MNIST-style IDX files; `cifar10:DIR` or `cifar100:DIR`, their binary versions; `images:DIR`, a folder of PNG or JPEG images for each class; `npz:FILE`, NumPy's arrays; `csv:FILE#TARGET`, `jsonl:FILE#TARGET` or `parquet:FILE#TARGET`, a table; `parallel:DIR#SRC-TGT`, texts and their translations; `text:FILE`, plain text; `labelled:FILE#TEXT-LABEL`, texts and their classes; `module:FILE#EXPORT`, what a function of your own gives; `fit`, what the model's file gives `model.fit`, the default where the model is made in the function that trains it. In code also the function itself.",
    ),
  args: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("Values for the parameters of the function that builds the model, by their names, as in JSON."),
  batchSize: z.int().min(1).default(128).describe("Examples in a training batch."),
  accumulate: z
    .int()
    .min(1)
    .default(1)
    .describe(
      "Batches whose gradients are averaged for one step: as one batch so many times as large, in the memory of one; batch normalization takes each by itself.",
    ),
  targets: z
    .enum(["data", "inputs"])
    .default("data")
    .describe(
      "What a model's outputs are compared with: the targets of the data, or the examples themselves, as for autoencoders.",
    ),
  augmentation: augmentationSchema.describe("Changes of training images, drawn anew in each epoch."),
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
  execution: z
    .enum(["auto", "eager"])
    .default("auto")
    .describe(
      "How a step is computed: as one graph of TensorFlow where engine and model allow it, which gives the same bits in a fraction of the time, or operation by operation.",
    ),
  compaction: z
    .enum(["auto", "off"])
    .default("auto")
    .describe(
      "Whether a smaller network is trained once units do nothing any more: the user's without them. Masks, checkpoints and reports speak of the user's.",
    ),
  epochs: z
    .int()
    .min(1)
    .default(20)
    .describe("Epochs of dense training before the first pruning; its best epoch is the dense reference."),
  initialModel: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Trained dense model to begin with, in place of training one: the id of a run, or a file of weights by their names (`.safetensors`, `.npz`, a model that Keras saved as `.keras` or `.h5`, or a TensorFlow.js `model.json`).",
    ),
  loss: lossName.default("sparseCategoricalCrossentropy").describe("Data term of the loss."),
  labelSmoothing: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe("Part of each target that is spread evenly over all classes, in the categorical cross-entropies."),
  ignoreTarget: z
    .int()
    .optional()
    .describe(
      "Class id, e.g. of padding, whose targets count neither in the loss nor in the metric: both are means over the others.",
    ),
  classWeights: z
    .record(z.string(), z.number().min(0).finite())
    .default({})
    .describe(
      'How much training examples of a class count in the loss, by class id or name, e.g. `{ "0": 1, "1": 5 }`; others count 1. Validation and test splits count as before.',
    ),
  metrics: z
    .array(z.enum([...METRIC_NAMES, "custom"]))
    .min(1)
    .default(["accuracy"])
    .describe(
      "The first is the one that bounds speak of. `f1` is the mean over classes; `binaryF1`, `auc` and `r2` are means over outputs; `bleu` and `chrf` are of what the model writes for a text, 0 to 100, as sacreBLEU computes them.",
    ),
  text: textSchema.describe("How texts become ids: the data sets `parallel`, `text`, `labelled` and `phrases`."),
  generation: generationSchema.describe("How a model writes, for metrics of what it wrote such as `bleu`."),
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
export type SignalName = PruningSettings["signal"];
export type ScheduleName = PruningSettings["schedule"];
export type RateSchedule = (typeof RATE_SCHEDULES)[number];
export type PresetName = (typeof PRESET_NAMES)[number];
export type CriterionName = PruningSettings["criterion"];
