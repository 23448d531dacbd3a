/** The panel's side of the wire: the only place that posts to the host or reads from it. */
import type { FromPanel, ToPanel } from "../protocol/panel.ts";

export interface SavedState {
  readonly runDir: string;
}

declare function acquireVsCodeApi(): { postMessage(message: FromPanel): void; setState(state: SavedState): void };

const KINDS: ReadonlySet<unknown> = new Set(["snapshot", "events", "gone"] satisfies ToPanel["type"][]);

export interface Host {
  send(message: FromPanel): void;
}

/** @param state what VS Code keeps, so that the panel comes back after a reload */
export function connectHost(state: SavedState, onMessage: (message: ToPanel) => void): Host {
  const api = acquireVsCodeApi();
  api.setState(state);
  window.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (isToPanel(data)) {
      onMessage(data);
    }
  });
  return { send: (message) => api.postMessage(message) };
}

/** By tag only: the host has read the run through its schemas, and host and panel are of one build. */
function isToPanel(data: unknown): data is ToPanel {
  return typeof data === "object" && data !== null && "type" in data && KINDS.has(data.type);
}
