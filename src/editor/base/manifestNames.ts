/** Every name that package.json and the code share; a test in test/manifest compares the two. */
import { z } from "zod";
import { ENGINE_WISHES } from "../../protocol/settings.ts";

export const COMMAND_IDS = [
  "whittle.startRun",
  "whittle.startBaseline",
  "whittle.stopRun",
  "whittle.pauseRun",
  "whittle.unpauseRun",
  "whittle.resumeRun",
  "whittle.rerunWithChanges",
  "whittle.pruneNow",
  "whittle.saveCheckpoint",
  "whittle.exportModel",
  "whittle.exportMetrics",
  "whittle.deleteRun",
  "whittle.renameRun",
  "whittle.tagRun",
  "whittle.pinRun",
  "whittle.unpinRun",
  "whittle.openRunFiles",
  "whittle.showRunLog",
  "whittle.sortRuns",
  "whittle.filterRuns",
  "whittle.clearRunFilter",
  "whittle.refreshRuns",
  "whittle.openPanel",
  "whittle.compareRuns",
  "whittle.diffSources",
  "whittle.previewData",
  "whittle.newExperiment",
  "whittle.setUpEngine",
  "whittle.showEnvironment",
  "whittle.openWalkthrough",
  "whittle.showLog",
] as const;
export type CommandId = (typeof COMMAND_IDS)[number];

/** Keys for `when` and `enablement`. */
export const CONTEXT_KEYS = ["whittle.isTraining", "whittle.hasRuns", "whittle.isFiltered"] as const;
export type ContextKey = (typeof CONTEXT_KEYS)[number];

const TRAINING_PROCESSES = ["separate", "extensionHost"] as const;

/** Settings below `whittle.`: what is accepted and what holds where it is not. */
export const EDITOR_SETTINGS = {
  engine: { schema: z.enum(ENGINE_WISHES), default: "auto" },
  notifications: { schema: z.enum(["progress", "end", "none"]), default: "progress" },
  openPanelOnStart: { schema: z.boolean(), default: true },
  trainingProcess: { schema: z.enum(TRAINING_PROCESSES), default: "separate" },
  maxParallelRuns: { schema: z.int().min(1).max(64), default: 2 },
} as const;
export type SettingKey = keyof typeof EDITOR_SETTINGS;

/** Formats of data whose files tell by their ending that they are one, with these endings. */
export const DATA_FILES = {
  csv: ["csv", "tsv"],
  jsonl: ["jsonl", "ndjson"],
  parquet: ["parquet"],
  npz: ["npz"],
} as const;

export const RUNS_VIEW = "whittle.runs";
export const LIVE_PANEL = "whittle.live";
export const COMPARE_PANEL = "whittle.compare";
export const DATA_PANEL = "whittle.data";

export const WALKTHROUGH = "firstModel";

/** Languages of model files, `json` for `model.json`; one activation event each. */
export const MODEL_LANGUAGES = ["typescript", "javascript", "typescriptreact", "javascriptreact", "json"] as const;
