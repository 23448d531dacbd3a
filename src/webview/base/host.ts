/** A panel's side of the wire: the only place that posts to the host or reads from it. */
import * as l10n from "@vscode/l10n";

declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
};

export interface Host<From> {
  send(message: From): void;
  /** What the host wrote into the page: how the panel stood when it was last there. */
  readonly state: unknown;
  /** What was kept before this page was made: there when the panel was hidden for a while. */
  readonly kept: unknown;
  /** Has VS Code keep another state from now on. */
  keep(state: unknown): void;
}

/**
 * Has the texts translated from here on; the state that the host wrote into the page is what VS Code keeps, so that the
 * panel comes back after a reload.
 * @param kinds tags of the messages to take. By tag only: the host has read runs through their schemas, and host and
 * panel are of one build.
 */
export function connectHost<To extends { readonly type: string }, From>(
  kinds: readonly To["type"][],
  onMessage: (message: To) => void,
): Host<From> {
  const { state = "null", texts = "{}" } = document.body.dataset;
  l10n.config({ contents: JSON.parse(texts) });
  const api = acquireVsCodeApi();
  const before: unknown = JSON.parse(state);
  const kept = api.getState();
  api.setState(before);
  const known: ReadonlySet<unknown> = new Set(kinds);
  const isMessage = (data: unknown): data is To =>
    typeof data === "object" && data !== null && "type" in data && known.has(data.type);
  window.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (isMessage(data)) {
      onMessage(data);
    }
  });
  return { send: (message) => api.postMessage(message), state: before, kept, keep: (next) => api.setState(next) };
}
