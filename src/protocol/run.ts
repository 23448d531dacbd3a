/** The run record `run.json`: what was asked for, what was resolved, where it ran, how it stands. */
import { z } from "zod";
import { settingsSchema } from "./settings.ts";
import { unitsSchema } from "./units.ts";

export const RUN_FORMAT = 1;

/** `queued` waits until fewer runs are going on; no process has it yet. */
export const RUN_STATES = ["queued", "starting", "running", "paused", "stopping", "done", "failed", "stopped"] as const;
/** As stored. A reader that finds a live state but no live process shows `interrupted`, see `runs/record/store.ts`. */
export type StoredState = (typeof RUN_STATES)[number];
export type RunState = StoredState | "interrupted";

/** A process trains the run, or is about to. */
export const LIVE_STATES: ReadonlySet<RunState> = new Set<RunState>(["starting", "running", "paused", "stopping"]);

/** What is asked for: frozen and JSON-safe; after this nothing reads options or editor settings again. */
export const runPlanSchema = z.strictObject({
  modelFile: z.string().min(1).describe("Absolute path of the model definition file."),
  exportName: z.string().min(1).describe("The export to train; `default` for the default export."),
  /** Settings that win over the experiment's own, as nested keys. */
  overrides: z.record(z.string(), z.unknown()),
  /** Of a dense model trained as long as a pruned run: the id of that run. */
  twinOf: z.string().optional(),
});
export type RunPlan = z.infer<typeof runPlanSchema>;

export const errorRecordSchema = z.strictObject({
  message: z.string(),
  remedy: z.string(),
  kind: z.enum(["usage", "failed"]),
  /** Stack of the error, for `--verbose` and the log. */
  stack: z.string().optional(),
  /** Where in the model file it was thrown, 1-based, if there. */
  line: z.int().optional(),
});
export type ErrorRecord = z.infer<typeof errorRecordSchema>;

/** Loss of the data term and value of the first metric over one split. */
export const scoreSchema = z.strictObject({ loss: z.number(), metric: z.number() });
export type Score = z.infer<typeof scoreSchema>;

/** A metric of what a model writes is not taken each time, since writing takes its time: see the setting `generation.every`. */
export const trialScoreSchema = z.strictObject({ loss: z.number(), metric: z.number().nullable() });
export type TrialScore = z.infer<typeof trialScoreSchema>;

export const layerSummarySchema = z.strictObject({
  /** Weight tensor, e.g. `dense_1/kernel`. */
  name: z.string(),
  shape: z.array(z.int()),
  total: z.int(),
  remaining: z.int(),
  /** 0..1 */
  sparsity: z.number(),
  /** Nothing where the kind of layer is unknown, or the weight feeds none. 0.1.0 took the last axis of any weight. */
  units: z
    .preprocess(
      (stored) => (typeof stored === "number" ? { count: stored, stride: 1, of: "units" } : stored),
      unitsSchema,
    )
    .optional(),
  /** Those with at least one weight left in the tensors that feed them. */
  unitsAlive: z.int().optional(),
  /** Nothing passes the layer when none of this tensor is left. */
  carriesInput: z.literal(true).optional(),
});
export type LayerSummary = z.infer<typeof layerSummarySchema>;

/** Seconds by what they went into; checkpoints are no part of the training time. */
export const spentSchema = z.strictObject({
  /** Gradients and update. */
  train: z.number(),
  /** Batches. */
  data: z.number(),
  /** Scores of splits. */
  evaluate: z.number(),
  /** Threshold searches and prunings. */
  search: z.number(),
  checkpoint: z.number(),
});
export type Spent = z.infer<typeof spentSchema>;
export const NOTHING_SPENT: Spent = { train: 0, data: 0, evaluate: 0, search: 0, checkpoint: 0 };

/** The document that `--json` prints and the last thing a run records. */
export const resultSchema = z.strictObject({
  id: z.string(),
  status: z.enum(["done", "failed", "stopped"]),
  engine: z.string(),
  seed: z.int(),
  /** Seconds of training, pauses and set-up left out, summed over resumes. */
  seconds: z.number(),
  epochs: z.int(),
  /** Of training, with what the seconds went into; results of 0.1.0 do not say. */
  steps: z.int().optional(),
  spent: spentSchema.optional(),
  /** Of the prunable weights, 0..1. */
  sparsity: z.number(),
  /** Of all parameters. */
  params: z.strictObject({ total: z.int(), remaining: z.int() }),
  layers: z.array(layerSummarySchema),
  /** Dense reference on the validation split. */
  reference: scoreSchema,
  validation: scoreSchema,
  test: scoreSchema,
  /** Dense reference on the test split, computed once, at the end, for reporting. */
  referenceTest: scoreSchema,
});
export type RunResult = z.infer<typeof resultSchema>;

export const engineRecordSchema = z.strictObject({
  name: z.enum(["native", "wasm", "cpu"]),
  /** Why this one, in a sentence. */
  reason: z.string(),
  versions: z.record(z.string(), z.string()),
  /** Of the native one: whether TensorFlow computes by oneDNN, as far as that is not left to TensorFlow. */
  oneDnn: z.boolean().optional(),
});
export type EngineRecord = z.infer<typeof engineRecordSchema>;

/** Whether steps run as one graph of TensorFlow, and why, in a sentence. */
export const executionRecordSchema = z.strictObject({ mode: z.enum(["graph", "eager"]), reason: z.string() });
export type ExecutionRecord = z.infer<typeof executionRecordSchema>;

/** 0.1.0 called the constant scale α = 1 `none`. */
const storedSettingsSchema = z.preprocess((stored) => {
  const old = z.looseObject({ pruning: z.looseObject({ scale: z.literal("none") }) }).safeParse(stored);
  return old.success ? { ...old.data, pruning: { ...old.data.pruning, scale: "alpha" } } : stored;
}, settingsSchema);

export const runRecordSchema = z.strictObject({
  format: z.literal(RUN_FORMAT),
  id: z.string(),
  /** The export's name, or the file's; a name that the user gives is in the run's marks and wins over it. */
  name: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  state: z.enum(RUN_STATES),
  plan: runPlanSchema,
  /** Filled in by the training process. */
  settings: storedSettingsSchema.optional(),
  model: z
    .strictObject({
      sha256: z.string().describe("Of the model file; where it imports others of the user's own, of all of them."),
      source: z.string().describe("Copy of the model file, relative to the run folder."),
      files: z
        .array(
          z.strictObject({
            path: z.string().describe("Relative to the model file's folder."),
            sha256: z.string(),
            source: z.string(),
          }),
        )
        .optional()
        .describe("Where it imports others: all of them, the model file first."),
    })
    .optional(),
  data: z
    .strictObject({
      spec: z.string(),
      sha256: z.string(),
      train: z.int(),
      validation: z.int(),
      test: z.int(),
      /** `train` are the examples of an epoch, which were never in memory together. */
      streamed: z.literal(true).optional(),
    })
    .optional(),
  /** The trained model that the run began with, where it did not train its own. */
  initialModel: z.strictObject({ from: z.string(), sha256: z.string() }).optional(),
  /** What of the model's own `compile` was taken over into the settings, and what was not. */
  compiled: z.strictObject({ taken: z.array(z.string()), ignored: z.array(z.string()) }).optional(),
  engine: engineRecordSchema.optional(),
  /** Known a few steps after the start; records of 0.1.0 have none. */
  execution: executionRecordSchema.optional(),
  git: z.strictObject({ commit: z.string(), dirty: z.boolean() }).optional(),
  machine: z
    .strictObject({
      host: z.string(),
      platform: z.string(),
      cpu: z.string(),
      cores: z.int(),
      memoryGiB: z.number(),
      node: z.string(),
    })
    .optional(),
  error: errorRecordSchema.optional(),
  result: resultSchema.optional(),
});
export type RunRecord = z.infer<typeof runRecordSchema>;

export const MARKS_FORMAT = 1;

/** `marks.json`: what a user notes on a run, at any time, while it is being trained as well. */
export const runMarksSchema = z.strictObject({
  format: z.literal(MARKS_FORMAT),
  /** Instead of the record's name. */
  name: z.string().min(1).optional(),
  tags: z.array(z.string().min(1)),
  pinned: z.boolean(),
});
export type RunMarks = z.infer<typeof runMarksSchema>;

export const NO_MARKS: RunMarks = Object.freeze({ format: MARKS_FORMAT, tags: [], pinned: false });
