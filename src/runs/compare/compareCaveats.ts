/** The caveats of a comparison as sentences, for the terminal and for exports. */
import type { Caveat, Comparison } from "../../protocol/comparison.ts";

export function describeCaveats({ caveats, runs }: Comparison): readonly string[] {
  const labels = (ids: readonly string[]): string =>
    ids.map((id) => runs.find((run) => run.id === id)?.label ?? id).join(", ");
  return caveats.map((caveat) => describe(caveat, labels));
}

function describe(caveat: Caveat, labels: (ids: readonly string[]) => string): string {
  switch (caveat.kind) {
    case "metric":
      return `Not on the front, since they do not measure ${caveat.metric}: ${labels(caveat.runs)}.`;
    case "data":
      return "The runs were trained on different data, so their metrics do not compare.";
    case "epochs":
      return `Trained for more than 1.5 times the epochs of their dense references, so a gain over these may be training time: ${labels(caveat.runs)}. whittle run --dense-twin trains a dense model as long.`;
    case "unfinished":
      return `Not run to the end: ${labels(caveat.runs)}.`;
    case "repeated":
      return `Left out of mean and deviation, since a newer run has the same configuration and seed: ${labels(caveat.runs)}.`;
  }
}
