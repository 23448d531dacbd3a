/** What brings a live panel back after a reload: which run it shows, and how its user looks at it. */
import { z } from "zod";
import { chartZoomSchema } from "./chartZoom.ts";
import { MOST_SMOOTHING } from "./smoothing.ts";

const liveLookSchema = z.object({
  /** Of the curves, 0 … 0.99. */
  smoothing: z.number().min(0).max(MOST_SMOOTHING).default(0),
  /** Curves on a logarithmic axis, where that can be. */
  isLog: z.boolean().default(false),
  zooms: z.partialRecord(z.enum(["curves", "losses"]), chartZoomSchema).default({}),
});
export type LiveLook = z.infer<typeof liveLookSchema>;

export const livePanelStateSchema = z.object({ runDir: z.string(), look: liveLookSchema.prefault({}) });
export type LivePanelState = z.infer<typeof livePanelStateSchema>;
