/** Messages between the live panel (webview) and the extension host. */
import { z } from "zod";
import type { Compaction } from "./compaction.ts";
import type { RunEvent } from "./events.ts";
import type { Predictions } from "./predictions.ts";
import type { RunRecord, RunState } from "./run.ts";
import { MOST_CHARACTERS } from "./textLimits.ts";
import { type UnitWord, unitsSchema } from "./units.ts";
import type { WrittenText } from "./writing.ts";

/** A mask as a picture: a row for each unit, its weights from left to right; large masks are averaged over squares. */
export interface MaskPicture {
  readonly layer: string;
  /** Number of the last event that its checkpoint covers. */
  readonly seq: number;
  /** Weights of a unit. */
  readonly columns: number;
  readonly rows: number;
  /** What a row is; where units are not known, one index of the last axis. */
  readonly of?: UnitWord;
  /** Of the picture, in pixels; smaller than the mask where `scale` > 1. */
  readonly width: number;
  readonly height: number;
  /** Columns (and rows) a pixel stands for. */
  readonly scale: number;
  readonly kept: number;
  /** With at least one weight left. */
  readonly columnsUsed: number;
  readonly rowsUsed: number;
  /** One byte a pixel, row by row: kept part of its weights, 0..255. */
  readonly base64: string;
}

/** To the panel: one snapshot when it says it is ready, then what came after, in order; long logs are thinned. */
export type ToPanel =
  | {
      readonly type: "snapshot";
      /** What the user calls the run. */
      readonly name: string;
      readonly record: RunRecord;
      readonly state: RunState;
      readonly events: readonly RunEvent[];
    }
  | {
      readonly type: "events";
      readonly name: string;
      readonly state: RunState;
      readonly events: readonly RunEvent[];
    }
  | { readonly type: "mask"; readonly layer: string; readonly picture?: MaskPicture; readonly problem?: string }
  | { readonly type: "predictions"; readonly predictions?: Predictions; readonly problem?: string }
  | { readonly type: "compaction"; readonly compaction?: Compaction; readonly problem?: string }
  /** To the question of that number. */
  | { readonly type: "written"; readonly id: number; readonly written?: WrittenText; readonly problem?: string }
  | { readonly type: "gone"; readonly message: string };

export const DEEDS = ["pause", "unpause", "stop", "resume", "pruneNow", "save", "exportModel"] as const;
export type Deed = (typeof DEEDS)[number];

/** From the panel; `unknown` until this schema has seen it. */
export const fromPanelSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  z.strictObject({ type: z.literal("steer"), deed: z.enum(DEEDS) }),
  /** Asks for the picture of a layer's mask. */
  z.strictObject({ type: z.literal("mask"), layer: z.string().max(1000), units: unitsSchema.optional() }),
  /** Asks for what the models of a run that has ended say of examples. */
  z.strictObject({ type: z.literal("predictions") }),
  /** Asks for how much smaller the network of a run that has ended can be. */
  z.strictObject({ type: z.literal("compaction") }),
  /** Asks what the models of a run that has ended write for a text; one question at a time. */
  z.strictObject({ type: z.literal("write"), id: z.int(), text: z.string().max(MOST_CHARACTERS) }),
  /** The last question is taken back. */
  z.strictObject({ type: z.literal("stopWriting") }),
]);
export type FromPanel = z.infer<typeof fromPanelSchema>;
