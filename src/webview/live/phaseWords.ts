/** The phases of a run in a word or two. */
import * as l10n from "@vscode/l10n";
import type { Phase } from "../../protocol/events.ts";

export function phaseWord(phase: Phase): string {
  switch (phase) {
    case "train":
      return l10n.t("Dense training");
    case "recover":
      return l10n.t("Regularized training");
    case "search":
      return l10n.t("Threshold search");
    case "prune":
      return l10n.t("Pruning");
    case "finetune":
      return l10n.t("Fine-tuning");
    case "done":
      return l10n.t("Done");
    case "stopped":
      return l10n.t("Stopped");
    case "failed":
      return l10n.t("Failed");
  }
}
