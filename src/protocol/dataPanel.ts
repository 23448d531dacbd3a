/** Messages between the panel that shows a data set (webview) and the extension host. */
import { z } from "zod";
import type { DataDescription } from "./dataDescription.ts";

/** To the panel, whenever it says it is ready. */
export interface ToDataPanel {
  readonly type: "description";
  readonly description: DataDescription;
}

/** From the panel; `unknown` until this schema has seen it. */
export const fromDataPanelSchema = z.strictObject({ type: z.literal("ready") });
export type FromDataPanel = z.infer<typeof fromDataPanelSchema>;
