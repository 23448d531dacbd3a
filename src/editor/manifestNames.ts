/** Every name that package.json and the code share; a test in test/manifest compares the two. */
import { z } from "zod";
import { ENGINE_WISHES } from "../protocol/settings.ts";

export const COMMAND_IDS = ["whittle.startRun", "whittle.stopRun", "whittle.openPanel", "whittle.showLog"] as const;
export type CommandId = (typeof COMMAND_IDS)[number];

/** Keys for `when` and `enablement`. */
export const CONTEXT_KEYS = ["whittle.isTraining"] as const;
export type ContextKey = (typeof CONTEXT_KEYS)[number];

/** Settings below `whittle.`: what is accepted and what holds where it is not. */
export const EDITOR_SETTINGS = {
  engine: { schema: z.enum(ENGINE_WISHES), default: "auto" },
  openPanelOnStart: { schema: z.boolean(), default: true },
} as const;
export type SettingKey = keyof typeof EDITOR_SETTINGS;

export const LIVE_PANEL = "whittle.live";

/** Languages of model files; one activation event each. */
export const MODEL_LANGUAGES = ["typescript", "javascript", "typescriptreact", "javascriptreact"] as const;
