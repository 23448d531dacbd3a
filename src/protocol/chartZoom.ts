/** What is seen of a chart that the user has zoomed. */
import { z } from "zod";

export const chartZoomSchema = z.object({
  /** What the axes stand for; where they come to stand for something else, all is shown again. */
  of: z.string(),
  /** By id of the axis, in its unit. */
  scales: z.record(z.string(), z.object({ min: z.number(), max: z.number() })),
});
export type ChartZoom = z.infer<typeof chartZoomSchema>;
