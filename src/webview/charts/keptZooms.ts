/** Zooms of a page's charts: as they were kept, and kept anew whenever one changes. */
import type { ChartZoom } from "../../protocol/chartZoom.ts";
import type { ZoomParts } from "./chartZoom.ts";

type Zooms<Chart extends string> = Readonly<Partial<Record<Chart, ChartZoom>>>;

/** @param keep called with all of them @returns for `chartFrame` */
export function keptZooms<Chart extends string>(
  before: Zooms<Chart>,
  keep: (zooms: Partial<Record<Chart, ChartZoom>>) => void,
): (chart: Chart, mode: ZoomParts["mode"]) => ZoomParts {
  const zooms: Partial<Record<Chart, ChartZoom>> = { ...before };
  return (chart, mode) => {
    const kept = before[chart];
    return {
      mode,
      ...(kept === undefined ? {} : { kept }),
      onChange(zoom) {
        if (zoom === undefined) {
          delete zooms[chart];
        } else {
          zooms[chart] = zoom;
        }
        keep({ ...zooms });
      },
    };
  };
}
