/** The sentence that is tried: asked about, answered, or not to be tried now. */
import * as l10n from "@vscode/l10n";
import type { ToPanel } from "../../protocol/panel.ts";
import { LIVE_STATES, type RunState } from "../../protocol/run.ts";
import type { SentenceState } from "./sentenceBox.ts";

const IDLE: SentenceState = { is: "idle" };

export interface Sentence {
  /** @returns the number of the question; undefined while another one is asked, which the page may not show yet */
  ask(): number | undefined;
  stop(): void;
  take(message: Extract<ToPanel, { type: "written" }>): void;
  /** The same object as long as nothing changes. @param run its state: while it is trained, its models are no result */
  stateIn(run: RunState): SentenceState;
}

export function followSentence(): Sentence {
  let asked = 0;
  let state = IDLE;
  const barred: SentenceState = { is: "barred", reason: l10n.t("A sentence can be tried when the run has ended.") };
  return {
    ask() {
      if (state.is === "asked") {
        return undefined;
      }
      asked += 1;
      state = { is: "asked" };
      return asked;
    },
    stop() {
      state = IDLE;
    },
    take({ id, written, problem }) {
      // What was taken back may have been answered meanwhile.
      if (id === asked && state.is === "asked") {
        state = written === undefined ? { is: "failed", problem: problem ?? "" } : { is: "answered", written };
      }
    },
    stateIn(run) {
      return LIVE_STATES.has(run) ? barred : state;
    },
  };
}
