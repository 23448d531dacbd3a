/** How users set what they see of a chart. */
import { z } from "zod";

/** Strength of smoothing; more moves no more. */
export const MOST_SMOOTHING = 0.99;

/** What is seen of a chart that has been zoomed. */
export const chartZoomSchema = z.object({
  /** What the axes stand for; where they come to stand for something else, all is shown again. */
  of: z.string(),
  /** By id of the axis, in its unit. */
  scales: z.record(z.string(), z.object({ min: z.number(), max: z.number() })),
});
export type ChartZoom = z.infer<typeof chartZoomSchema>;
