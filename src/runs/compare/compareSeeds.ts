/** Runs that differ by nothing but their seed, and what they say together. */
import type { ComparedRun, SeedGroup, Spread } from "../../protocol/comparison.ts";
import type { RunRecord } from "../../protocol/run.ts";

/** Mean and sample standard deviation; undefined of nothing. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const n = values.length;
  if (n === 0) {
    return undefined;
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) {
    return { mean, n };
  }
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / (n - 1)), n };
}

/** The same for runs that differ by nothing but their seed; undefined while a run does not know its settings. */
export function recipeOf(record: RunRecord): string | undefined {
  const { settings, model, data, engine, plan } = record;
  if (settings === undefined || model === undefined || data === undefined || engine === undefined) {
    return undefined;
  }
  // The engine that was taken counts, not the one that was wished for.
  const { seed: _seed, engine: _wish, ...rest } = settings;
  return JSON.stringify([model.sha256, plan.exportName, data.sha256, engine.name, sortKeys(rest)]);
}

function sortKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}

/** @param recipes of the runs, in their order */
export function groupBySeed(runs: readonly ComparedRun[], recipes: readonly (string | undefined)[]): SeedGroup[] {
  const byRecipe = new Map<string, ComparedRun[]>();
  runs.forEach((run, index) => {
    const recipe = recipes[index] ?? run.id;
    byRecipe.set(recipe, [...(byRecipe.get(recipe) ?? []), run]);
  });
  return [...byRecipe.values()].map(describeGroup);
}

function describeGroup(runs: readonly ComparedRun[]): SeedGroup {
  const [first] = runs;
  const counted = onePerSeed(runs);
  const spread = (value: (run: ComparedRun) => number | undefined): Spread | undefined =>
    spreadOf(counted.flatMap((run) => value(run) ?? []));
  const seeds = [...new Set(runs.flatMap((run) => run.seed ?? []))].sort((a, b) => a - b);
  const figures = {
    sparsity: spread((run) => run.sparsity),
    validation: spread((run) => run.validation?.metric),
    test: spread((run) => run.test?.metric),
    params: spread((run) => run.params?.remaining),
    seconds: spread((run) => run.seconds),
  };
  return {
    runs: runs.map((run) => run.id),
    label: runs.length === 1 || first === undefined ? (first?.label ?? "") : `${first.label} +${runs.length - 1}`,
    seeds,
    ...Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined)),
  };
}

/** The same seed gives the same run again, which says nothing about deviation: the newest one counts. */
function onePerSeed(runs: readonly ComparedRun[]): readonly ComparedRun[] {
  const bySeed = new Map<number, ComparedRun>();
  for (const run of runs.filter((one) => one.isResult)) {
    const seed = run.seed ?? 0;
    const known = bySeed.get(seed);
    if (known === undefined || known.createdAt < run.createdAt) {
      bySeed.set(seed, run);
    }
  }
  return [...bySeed.values()];
}

/** Ids of the runs that a group does not count, since a newer one has their seed. */
export function repeatedRuns(runs: readonly ComparedRun[], groups: readonly SeedGroup[]): readonly string[] {
  return groups.flatMap((group) => {
    const members = runs.filter((run) => group.runs.includes(run.id));
    const counted = new Set(onePerSeed(members).map((run) => run.id));
    return members.filter((run) => run.isResult && !counted.has(run.id)).map((run) => run.id);
  });
}
