/** Messages between the live panel (webview) and the extension host. */
import { z } from "zod";
import type { RunEvent } from "./events.ts";
import type { RunRecord, RunState } from "./run.ts";

/** To the panel: one snapshot when it says it is ready, then what came after, in order. */
export type ToPanel =
  | {
      readonly type: "snapshot";
      readonly record: RunRecord;
      readonly state: RunState;
      readonly events: readonly RunEvent[];
    }
  | { readonly type: "events"; readonly state: RunState; readonly events: readonly RunEvent[] }
  | { readonly type: "gone"; readonly message: string };

/** From the panel; `unknown` until this schema has seen it. */
export const fromPanelSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  z.strictObject({ type: z.literal("stop") }),
]);
export type FromPanel = z.infer<typeof fromPanelSchema>;
