/** The comparison panel: takes the comparison as it stands, and draws at most once a frame. */

import type {
  CompareOptions,
  ComparePanelState,
  FromComparePanel,
  ToComparePanel,
} from "../../protocol/comparePanel.ts";
import type { Comparison, RunCurve } from "../../protocol/comparison.ts";
import type { SaveFile } from "../../protocol/panelFile.ts";
import { connectHost } from "../base/host.ts";
import { onThemeChange, readTheme } from "../base/theme.ts";
import { buildComparePage } from "./comparePage.ts";

function start(root: HTMLElement): void {
  let comparison: Comparison | undefined;
  let curves: ReadonlyMap<string, RunCurve> = new Map();
  let slots: ReadonlyMap<string, number> = new Map();
  let isDrawPending = false;

  const drawSoon = (): void => {
    if (!isDrawPending) {
      isDrawPending = true;
      requestAnimationFrame(() => {
        isDrawPending = false;
        if (comparison !== undefined) {
          page.write({ comparison, curves, slots, options }, readTheme());
        }
      });
    }
  };
  const take = (message: ToComparePanel): void => {
    switch (message.type) {
      case "comparison":
        comparison = message.comparison;
        curves = new Map([...curves, ...message.curves.map((curve) => [curve.id, curve] as const)]);
        slots = new Map(message.comparison.runs.map((run, index) => [run.id, message.slots[index] ?? index]));
        drawSoon();
        return;
      case "note":
        page.tell(message.message);
        return;
      default:
        message satisfies never;
    }
  };
  // First of all: it brings the texts that the page is made of.
  const host = connectHost<ToComparePanel, FromComparePanel | SaveFile>(["comparison", "note"], take);
  // Written into the page by the host, which has checked it.
  const state = host.state as ComparePanelState;
  const kept = host.kept as ComparePanelState | undefined;
  const isSameRuns = JSON.stringify(kept?.runs) === JSON.stringify(state.runs);
  // A panel that was hidden is made anew; one with other runs begins as the host says.
  let options: CompareOptions = kept !== undefined && isSameRuns ? kept.options : state.options;
  host.keep({ ...state, options });
  const page = buildComparePage({
    root,
    zooms: options.zooms,
    send: host.send,
    onOptions(change) {
      options = { ...options, ...change };
      host.keep({ ...state, options });
      drawSoon();
    },
    charts: {
      saveFile: (name, base64) => host.send({ type: "saveFile", name, base64 }),
      tell: (message) => page.tell(message),
      fileStem: () => "comparison",
    },
  });
  onThemeChange(drawSoon);
  host.send({ type: "ready" });
}

const root = document.getElementById("panel");
if (root !== null) {
  start(root);
}
