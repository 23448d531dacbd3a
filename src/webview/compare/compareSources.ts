/** The way to VS Code's diff editor: which two runs' model files to set beside each other. */
import * as l10n from "@vscode/l10n";
import type { ComparedRun } from "../../protocol/comparison.ts";
import { selectControl } from "../base/controls.ts";
import { box, button, cell } from "../base/elements.ts";

/** @param show gets the ids of the left and of the right run */
export function createSourceDiff(show: (left: string, right: string) => void): {
  readonly element: HTMLElement;
  write(runs: readonly ComparedRun[]): void;
} {
  const element = box("sources");
  let written = "";
  return {
    element,
    write(runs) {
      const key = JSON.stringify(runs.map(({ id, label, modelSha256 }) => [id, label, modelSha256]));
      if (key === written) {
        return;
      }
      written = key;
      const kept = runs.filter((run) => run.modelSha256 !== undefined);
      const [first] = kept;
      const other = kept.find((run) => run.modelSha256 !== first?.modelSha256) ?? kept[1];
      if (first === undefined || other === undefined) {
        element.replaceChildren(cell("span", l10n.t("Fewer than two runs have kept their model source."), "faint"));
        return;
      }
      let [left, right] = [first.id, other.id];
      const isSame = kept.every((run) => run.modelSha256 === first.modelSha256);
      const open = button(
        "diff",
        l10n.t("Model Source Diff"),
        l10n.t("Compare the model files that the runs have kept"),
      );
      open.addEventListener("click", () => show(left, right));
      const choices = kept.map((run) => [run.id, run.label] as const);
      const selects =
        kept.length === 2
          ? []
          : [
              selectControl(l10n.t("Left"), choices, left, (id) => {
                left = id;
              }),
              selectControl(l10n.t("Right"), choices, right, (id) => {
                right = id;
              }),
            ];
      const remark = isSame ? l10n.t("The model source is the same in all runs.") : l10n.t("The model source differs.");
      element.replaceChildren(...selects, open, cell("span", remark, "faint"));
    },
  };
}
