/** Messages between the comparison panel (webview) and the extension host. */
import { z } from "zod";
import { chartZoomSchema } from "./chartZoom.ts";
import { type Comparison, EXPORT_FORMATS, type RunCurve } from "./comparison.ts";
import { MOST_SMOOTHING } from "./smoothing.ts";

/** To the panel: everything when it says it is ready, then the comparison again with the curves that have changed. */
export type ToComparePanel =
  | {
      readonly type: "comparison";
      readonly comparison: Comparison;
      readonly curves: readonly RunCurve[];
      /** Position in the palette, in the order of the runs; a run keeps it as long as it is in the panel. */
      readonly slots: readonly number[];
    }
  /** A remark: a run that can no longer be read, a text that was copied. */
  | { readonly type: "note"; readonly message: string };

const runId = z.string().min(1).max(300);

/** From the panel; `unknown` until this schema has seen it. */
export const fromComparePanelSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  z.strictObject({ type: z.literal("changeRuns") }),
  z.strictObject({ type: z.literal("openRun"), id: runId }),
  /** Of the kept model files; `b` stands on the right. */
  z.strictObject({ type: z.literal("diffSources"), a: runId, b: runId }),
  z.strictObject({ type: z.literal("export"), format: z.enum(EXPORT_FORMATS), to: z.enum(["file", "clipboard"]) }),
]);
export type FromComparePanel = z.infer<typeof fromComparePanelSchema>;

/** How the charts of the panel are set; kept over a reload. */
export const compareOptionsSchema = z.object({
  split: z.enum(["validation", "test"]).default("validation"),
  /** Runs that differ only by seed as one point with deviations. */
  aggregate: z.boolean().default(true),
  /** The way to each run's result, a point per pruning. */
  paths: z.boolean().default(false),
  /** What is drawn against a setting. */
  outcome: z.enum(["validation", "test", "sparsity", "params"]).default("validation"),
  /** Key of that setting; of one that does not differ, the first that does takes its place. */
  setting: z.string().default(""),
  /** The setting on a logarithmic axis, where that can be. */
  logSetting: z.boolean().default(false),
  curve: z.enum(["metric", "sparsity", "validationLoss", "loss"]).default("metric"),
  axis: z.enum(["epoch", "step", "seconds"]).default("epoch"),
  /** Strength of the mean that smooths the curves; 0 leaves them as they are. */
  smoothing: z.number().min(0).max(MOST_SMOOTHING).default(0),
  /** The curves on a logarithmic axis, where that can be. */
  logCurve: z.boolean().default(false),
  bars: z.enum(["sparsity", "units"]).default("sparsity"),
  /** On axes of parallel coordinates, by their key: runs outside are dimmed. */
  ranges: z.record(z.string(), z.object({ min: z.number(), max: z.number() })).default({}),
  /** What is seen of each chart that the user has zoomed. */
  zooms: z.partialRecord(z.enum(["scatter", "curves", "setting"]), chartZoomSchema).default({}),
  /** Ids of runs that are not drawn. */
  hidden: z.array(z.string()).default([]),
});
export type CompareOptions = z.infer<typeof compareOptionsSchema>;

/** What brings a panel back after a reload. */
export const comparePanelStateSchema = z.object({
  runs: z.array(z.object({ dir: z.string(), slot: z.int().min(0) })).min(1),
  options: compareOptionsSchema.prefault({}),
});
export type ComparePanelState = z.infer<typeof comparePanelStateSchema>;
