/** What a run's model can be written as, for the runtimes that people use it in, and what is asked of the process that does it. */
import { z } from "zod";
import { compactionSchema } from "./compaction.ts";
import { errorRecordSchema, RUN_STATES } from "./run.ts";

/**
 * - `tfjs`: a folder with `model.json` and its weights, for `tf.loadLayersModel`
 * - `keras`, `h5`: for Keras 3
 * - `onnx`: for ONNX runtimes
 * - `tfjs-float16`, `onnx-float16`: likewise, with weights of 16 bits, which the runtime makes into such of 32 bits when it opens them
 * - `safetensors`: the weights, with masks and shapes in the metadata
 * - `masks`: which weights of the user's own model are left, as an .npz, for those who go on in Python
 */
export const MODEL_FORMATS = [
  ...(["tfjs", "tfjs-float16", "keras", "h5"] as const),
  ...(["onnx", "onnx-float16", "safetensors", "masks"] as const),
] as const;
export type ModelFormat = (typeof MODEL_FORMATS)[number];

/** What the name of the one file ends in; undefined where it is a folder. */
export const EXTENSIONS: Readonly<Record<ModelFormat, string | undefined>> = {
  tfjs: undefined,
  "tfjs-float16": undefined,
  keras: ".keras",
  h5: ".h5",
  onnx: ".onnx",
  "onnx-float16": ".onnx",
  safetensors: ".safetensors",
  masks: ".npz",
};

/** Beside `model.json`: registers the layers of `whittle/layers`, where the model has some, with the TensorFlow.js of whoever loads it. */
export const LAYERS_FILE = "whittle-layers.js";

/** Largest difference of outputs, relative to the largest output, that an exported file may have. */
export const MOST_DIFFERENCE = 1e-5;
/** As `MOST_DIFFERENCE`, where weights have 16 bits: each is rounded by up to 1/2048 of itself. */
export const MOST_DIFFERENCE_FLOAT16 = 1e-2;
/** Examples of the test split that an exported file is compared on. */
export const COMPARED_EXAMPLES = 200;

const ofRun = {
  /** Folder. */
  run: z.string().min(1),
  /** Build the model from the copy of its file that the run has kept. */
  keptModel: z.boolean(),
};

/** What the training process is started with, as JSON: `trainer --export <job>`. */
export const exportJobSchema = z.discriminatedUnion("task", [
  z.strictObject({ task: z.literal("preview"), ...ofRun }),
  z.strictObject({
    task: z.literal("write"),
    ...ofRun,
    format: z.enum(MODEL_FORMATS),
    /** Absolute path of the file or folder to write. */
    out: z.string().min(1),
    overwrite: z.boolean(),
  }),
  z.strictObject({
    task: z.literal("verify"),
    ...ofRun,
    /** Absolute path of what was exported. */
    file: z.string().min(1),
    /** At most so many examples of the test split. */
    examples: z.int().min(1),
  }),
]);
export type ExportJob = z.infer<typeof exportJobSchema>;

const bytes = z.int().min(0);
const beforeAndAfter = z.strictObject({ dense: z.number(), compact: z.number() });

/** The model that is exported, whatever is done with it. */
const exportedRunSchema = z.strictObject({
  id: z.string(),
  /** Of the run: until it is `done`, its newest checkpoint is what is exported. */
  state: z.enum([...RUN_STATES, "interrupted"]),
  ...compactionSchema.pick({ layers: true, parameters: true, flops: true, kept: true }).shape,
});

export const previewSchema = z.strictObject({
  task: z.literal("preview"),
  ...exportedRunSchema.shape,
  /** Of all weights as float32; `compressed` by gzip. */
  bytes: z.strictObject({ dense: bytes, prunedCompressed: bytes, compact: bytes, compactCompressed: bytes }),
  /** Median of several; nothing where the shape of an example is not known. */
  latency: z.array(z.strictObject({ batch: z.int(), ...beforeAndAfter.shape, unit: z.literal("ms") })),
  engine: z.string(),
});
export type ExportPreview = z.infer<typeof previewSchema>;

export const writtenSchema = z.strictObject({
  task: z.literal("write"),
  ...exportedRunSchema.shape,
  format: z.enum(MODEL_FORMATS),
  out: z.string(),
  /** Of all files together. */
  bytes,
});
export type ExportWritten = z.infer<typeof writtenSchema>;

export const verifiedSchema = z.strictObject({
  task: z.literal("verify"),
  id: z.string(),
  file: z.string(),
  format: z.enum(MODEL_FORMATS),
  /** What opened the file, with its version. */
  reader: z.string(),
  /** What was compared: outputs on so many examples of the test split, or masks. */
  examples: z.int().optional(),
  /** Largest difference, relative to the largest output; of masks, the part of them that differs. */
  difference: z.number(),
  limit: z.number(),
  passed: z.boolean(),
});
export type ExportVerified = z.infer<typeof verifiedSchema>;

export const exportReportSchema = z.discriminatedUnion("task", [previewSchema, writtenSchema, verifiedSchema]);
export type ExportReport = z.infer<typeof exportReportSchema>;

/** What the process says: remarks while it works, then a report or why there is none. */
export const exportMessageSchema = z.union([
  z.strictObject({ note: z.string() }),
  z.strictObject({ report: exportReportSchema }),
  z.strictObject({ error: errorRecordSchema }),
]);
export type ExportMessage = z.infer<typeof exportMessageSchema>;
