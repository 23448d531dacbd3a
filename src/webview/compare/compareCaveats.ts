/** What a reader has to know before trusting the figures, in the user's language. */
import * as l10n from "@vscode/l10n";
import type { Caveat, Comparison } from "../../protocol/comparison.ts";
import { cell, icon, make } from "../base/elements.ts";

export function caveatElements({ caveats, runs }: Comparison): readonly HTMLElement[] {
  const labels = (ids: readonly string[]): string =>
    ids.map((id) => runs.find((run) => run.id === id)?.label ?? id).join(", ");
  return caveats.map((caveat) => {
    const line = make("p", "notice caveat");
    line.append(icon(caveat.kind === "data" || caveat.kind === "metric" ? "warning" : "info"));
    line.append(cell("span", describe(caveat, labels)));
    return line;
  });
}

function describe(caveat: Caveat, labels: (ids: readonly string[]) => string): string {
  switch (caveat.kind) {
    case "metric":
      return l10n.t("Not drawn, since they do not measure {0}: {1}.", caveat.metric, labels(caveat.runs));
    case "data":
      return l10n.t("The runs were trained on different data, so their metrics do not compare.");
    case "epochs":
      return l10n.t(
        "Trained for more than 1.5 times the epochs of their dense references, so a gain over these may be training time: {0}. A dense model trained as long (whittle run --dense-twin) tells.",
        labels(caveat.runs),
      );
    case "unfinished":
      return l10n.t("Not run to the end: {0}.", labels(caveat.runs));
    case "repeated":
      return l10n.t(
        "Left out of mean and deviation, since a newer run has the same configuration and seed: {0}.",
        labels(caveat.runs),
      );
  }
}
