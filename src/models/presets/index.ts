import type { PresetName } from "../../protocol/settings.ts";
import { lobster } from "./lobster.ts";
import { paper } from "./paper.ts";
import type { Preset } from "./preset.ts";
import { whittle } from "./whittle.ts";

/** All presets, by the name in the setting `preset`. */
export const PRESETS: Readonly<Record<PresetName, Preset>> = { whittle, paper, lobster };
