/** The buttons that steer the run: only those that fit its state, disabled where the phase forbids, with the reason. */
import * as l10n from "@vscode/l10n";
import type { Deed } from "../../protocol/panel.ts";
import type { RunState } from "../../protocol/run.ts";
import { box, button } from "../base/elements.ts";
import type { RunView } from "./runView.ts";

/** In which states each button is there. */
const STATES: Readonly<Record<Deed, readonly RunState[]>> = {
  pause: ["running"],
  unpause: ["paused"],
  resume: ["stopped", "interrupted", "failed"],
  pruneNow: ["running"],
  save: ["running", "paused"],
  stop: ["queued", "starting", "running", "paused", "stopping"],
  exportModel: ["done"],
};

export interface Steering {
  readonly element: HTMLElement;
  write(state: RunState, view: RunView): void;
}

export function createSteering(onDeed: (deed: Deed) => void): Steering {
  const buttons: Readonly<Record<Deed, HTMLButtonElement>> = {
    pause: button("debug-pause", l10n.t("Pause"), l10n.t("Pause after this step")),
    unpause: button("debug-continue", l10n.t("Continue"), l10n.t("Go on training")),
    resume: button("debug-restart", l10n.t("Resume"), l10n.t("Go on from the last checkpoint")),
    pruneNow: button("filter", l10n.t("Prune now"), ""),
    save: button("save", l10n.t("Save"), l10n.t("Save a checkpoint that stays, in the run's folder “saved”")),
    stop: button("debug-stop", l10n.t("Stop"), l10n.t("Stop after this step; the run can be resumed")),
    exportModel: button(
      "package",
      l10n.t("Export model…"),
      l10n.t("Write the pruned model, made as small as it can be, for another runtime"),
    ),
  };
  const entries = Object.entries(buttons) as [Deed, HTMLButtonElement][];
  for (const [deed, element] of entries) {
    element.dataset["deed"] = deed;
    element.addEventListener("click", () => onDeed(deed));
  }
  const element = box("steering", ...entries.map(([, one]) => one));
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", l10n.t("Steer the run"));
  return {
    element,
    write(state, view) {
      for (const [deed, one] of entries) {
        one.hidden = !STATES[deed].includes(state);
      }
      buttons.stop.disabled = state === "stopping";
      const refusal = whyNotPruned(view);
      buttons.pruneNow.disabled = refusal !== undefined;
      buttons.pruneNow.title = refusal ?? l10n.t("Search for a threshold now instead of at the end of this stage");
    },
  };
}

function whyNotPruned({ phase }: RunView): string | undefined {
  switch (phase) {
    case "recover":
      return undefined;
    case "search":
    case "prune":
      return l10n.t("A threshold is being searched for already");
    case "finetune":
      return l10n.t("The masks are fixed while the model is fine-tuned");
    default:
      return l10n.t("Pruning begins when the dense reference is trained");
  }
}
