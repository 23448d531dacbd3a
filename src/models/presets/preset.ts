import type { SettingsInput } from "../../protocol/settings.ts";

/** Settings to begin with. What is the task's own, such as budget and bound, is not among them. */
export type Preset = Pick<SettingsInput, "optimizer" | "pruning">;
