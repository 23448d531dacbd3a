/** What a user can train in a file: each model once, with the experiment that is made of it. Text only. */
import type { FitOptions, FoundDefinition, FoundLayer, FoundParameter } from "./found.ts";

export interface Trainable {
  readonly name: string;
  /** What a run starts from: the experiment where there is one, since it says how to train. */
  readonly exportName: string;
  /** All exports whose runs are runs of this model, `exportName` first. */
  readonly exportNames: readonly string[];
  /** Offsets of the declaration of the function, or of an experiment without one of its own. */
  readonly start: number;
  readonly end: number;
  readonly layers: readonly FoundLayer[];
  /** Of the function, where a run is of it alone: what it is to be given. */
  readonly parameters: readonly FoundParameter[];
  /** What the file trains it with, where no experiment of its own says how it is trained. */
  readonly fit?: FitOptions;
}

/**
 * A function and the one experiment made of it are one; where several experiments share a function, each of them is one
 * and the function is none.
 */
export function collectTrainables(definitions: readonly FoundDefinition[]): readonly Trainable[] {
  const functions = definitions.filter((each) => each.kind !== "experiment");
  const experimentsOf = (name: string) =>
    definitions.filter((each) => each.kind === "experiment" && each.modelName === name);
  // The same function may be exported under two names: it is shown once, under the first.
  const first = functions.filter((each, index) => functions.findIndex((one) => one.name === each.name) === index);
  const trainables = first.flatMap((model): Trainable[] => {
    const experiments = experimentsOf(model.name);
    const aliases = functions.filter((each) => each.name === model.name).map((each) => each.exportName);
    if (experiments.length > 1) return [];
    const exportNames = [...experiments.map((each) => each.exportName), ...aliases];
    return [asTrainable(model, exportNames)];
  });
  const alone = definitions.filter(
    (each) =>
      each.kind === "experiment" &&
      !(functions.some((model) => model.name === each.modelName) && experimentsOf(each.modelName ?? "").length === 1),
  );
  return [...trainables, ...alone.map((each) => asTrainable(each, [each.exportName]))].sort(
    (a, b) => a.start - b.start,
  );
}

function asTrainable(
  { name, exportName, start, end, layers, parameters = [], fit }: FoundDefinition,
  exportNames: readonly string[],
): Trainable {
  const picked = exportNames[0] ?? exportName;
  // An experiment may give them itself.
  const isOwn = picked === exportName;
  return {
    ...{ name, exportName: picked, exportNames, start, end, layers },
    parameters: isOwn ? parameters : [],
    ...(isOwn && fit !== undefined ? { fit } : {}),
  };
}
