/** The states of a run in a word, as headings and tables write them. */
import * as l10n from "@vscode/l10n";
import type { RunState } from "../../protocol/run.ts";

export function stateWord(state: RunState): string {
  switch (state) {
    case "queued":
      return l10n.t("Queued");
    case "starting":
      return l10n.t("Starting");
    case "running":
      return l10n.t("Running");
    case "paused":
      return l10n.t("Paused");
    case "stopping":
      return l10n.t("Stopping");
    case "done":
      return l10n.t("Done");
    case "failed":
      return l10n.t("Failed");
    case "stopped":
      return l10n.t("Stopped");
    case "interrupted":
      return l10n.t("Interrupted");
  }
}
