/** One line of `events.jsonl`. Sequence numbers start at 1, grow by 1 and are never used twice, resumes included. */
import { z } from "zod";
import {
  engineRecordSchema,
  errorRecordSchema,
  executionRecordSchema,
  layerSummarySchema,
  RUN_STATES,
  resultSchema,
  scoreSchema,
  spentSchema,
  trialScoreSchema,
} from "./run.ts";

export const PHASES = ["train", "recover", "search", "prune", "finetune", "done", "stopped", "failed"] as const;
export const phaseSchema = z.enum(PHASES);
export type Phase = z.infer<typeof phaseSchema>;

const head = {
  seq: z.int().min(1),
  /** Milliseconds since 1970. */
  time: z.number(),
};

export const runEventSchema = z.discriminatedUnion("type", [
  z.strictObject({ ...head, type: z.literal("state"), state: z.enum(RUN_STATES), pid: z.int().optional() }),
  z.strictObject({ ...head, type: z.literal("engine"), engine: engineRecordSchema }),
  /** How steps are computed from here on. */
  z.strictObject({ ...head, type: z.literal("execution"), execution: executionRecordSchema }),
  /** The prunable weight tensors, before the first step. `params` counts all parameters. */
  z.strictObject({
    ...head,
    type: z.literal("model"),
    layers: z.array(layerSummarySchema),
    params: z.int(),
    metric: z.string(),
    /** Which values of the metric are better; logs of 0.1.0 do not say. */
    better: z.enum(["higher", "lower"]).optional(),
  }),
  /** Live figures, at most ten a second: the last step's training loss. */
  z.strictObject({
    ...head,
    type: z.literal("step"),
    phase: phaseSchema,
    epoch: z.int(),
    step: z.int(),
    stepsPerEpoch: z.int(),
    loss: z.number(),
  }),
  /** An epoch ended. `remaining` has one entry per layer of the `model` event: weights that are not zero by mask. */
  z.strictObject({
    ...head,
    type: z.literal("epoch"),
    phase: phaseSchema,
    epoch: z.int(),
    /** Most epochs the run can take, for time left. */
    epochsPlanned: z.int(),
    learningRate: z.number(),
    /** Strength of the regularization in the epoch's last step: one of the two, by the coupling, the other is 0. */
    lambda: z.number(),
    /** Logs of 0.1.0 have none. */
    gamma: z.number().optional(),
    loss: z.number(),
    validation: trialScoreSchema,
    sparsity: z.number(),
    remaining: z.array(z.int()),
    /** One entry per layer as well; null where it has no units. */
    unitsAlive: z.array(z.int().nullable()),
    /** Seconds of training so far. */
    seconds: z.number(),
    /** Steps so far, and what the seconds went into; logs of 0.1.0 do not say. */
    steps: z.int().optional(),
    spent: spentSchema.optional(),
  }),
  z.strictObject({ ...head, type: z.literal("phase"), phase: phaseSchema, reason: z.string() }),
  /** The dense reference on the validation split. */
  z.strictObject({ ...head, type: z.literal("reference"), validation: scoreSchema }),
  /** One probe of the threshold search: the model with all scores below `threshold` zeroed, on the validation split. */
  z.strictObject({
    ...head,
    type: z.literal("probe"),
    threshold: z.number(),
    sparsity: z.number(),
    validation: trialScoreSchema,
    accepted: z.boolean(),
    /** The largest validation loss that is accepted; logs of 0.1.0 do not say. */
    limit: z.number().optional(),
  }),
  z.strictObject({
    ...head,
    type: z.literal("prune"),
    epoch: z.int(),
    threshold: z.number(),
    /** Weights removed by this pruning. */
    pruned: z.int(),
    sparsity: z.number(),
    validation: trialScoreSchema,
    layers: z.array(layerSummarySchema),
  }),
  /** From here on a smaller network is trained, without the units that do nothing; everything else speaks of the user's model. */
  z.strictObject({
    ...head,
    type: z.literal("compacted"),
    epoch: z.int(),
    /** Trainable weights of the user's model, and of the network that is trained. */
    weights: z.strictObject({ model: z.int(), trained: z.int() }),
  }),
  /**
   * After an epoch: how the surviving weights of each layer of the `model` event are spread. Logs of 0.1.0 have none.
   */
  z.strictObject({
    ...head,
    type: z.literal("histogram"),
    epoch: z.int(),
    layers: z.array(
      z.strictObject({
        /** Counts in bins of equal width from −`limit` to `limit`, the largest |w|. */
        limit: z.number(),
        weights: z.array(z.int()),
        /**
         * Of the irrelevance, in bins from 0 to 1, as of the epoch's last step; left out where nothing was regularized,
         * and for methods that have one number for all weights.
         */
        irrelevance: z.array(z.int()).optional(),
      }),
    ),
  }),
  z.strictObject({ ...head, type: z.literal("checkpoint"), file: z.string() }),
  /** Events with `after` < seq < this event's seq were lost to a crash and happened again: readers drop them. */
  z.strictObject({ ...head, type: z.literal("resumed"), after: z.int() }),
  z.strictObject({ ...head, type: z.literal("warning"), message: z.string() }),
  z.strictObject({ ...head, type: z.literal("failed"), error: errorRecordSchema }),
  z.strictObject({ ...head, type: z.literal("result"), result: resultSchema }),
]);

export type RunEvent = z.infer<typeof runEventSchema>;
/** An event before the log gives it number and time. */
export type NewEvent = {
  [T in RunEvent["type"]]: Omit<Extract<RunEvent, { type: T }>, "seq" | "time">;
}[RunEvent["type"]];
