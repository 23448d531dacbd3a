/** Several runs beside each other: figures, fronts, seeds, layers, differences. Only reads. */
import type {
  Better,
  Caveat,
  ComparedLayer,
  ComparedRun,
  Comparison,
  Fronts,
  SeedGroup,
  Split,
} from "../../protocol/comparison.ts";
import type { RunRecord, RunState } from "../../protocol/run.ts";
import type { Run } from "../files/layout.ts";
import { readMarks } from "../record/marks.ts";
import { readStatus } from "../record/store.ts";
import { environmentDifferences, settingsDifferences } from "./compareDifferences.ts";
import { findFront, guessBetter } from "./compareFront.ts";
import { groupBySeed, recipeOf, repeatedRuns } from "./compareSeeds.ts";
import { RunTrace } from "./compareTrace.ts";

export interface CompareInput {
  readonly run: Run;
  readonly record: RunRecord;
  readonly state: RunState;
  /** What the user calls the run. */
  readonly name: string;
  readonly trace: RunTrace;
}

/** A run as it stands now. */
export async function loadCompareInput(run: Run): Promise<CompareInput> {
  const trace = new RunTrace();
  await trace.update(run);
  const { record, state } = await readStatus(run);
  const { name = record.name } = await readMarks(run);
  return { run, record, state, name, trace };
}

/** @param inputs at least one, in the order in which they are to be shown */
export function compareRuns(inputs: readonly CompareInput[]): Comparison {
  const runs = inputs.map(describeRun);
  const records = inputs.map((input) => input.record);
  const groups = groupBySeed(runs, records.map(recipeOf));
  const { metric, better } = runs[0] ?? { metric: "metric", better: "higher" as const };
  const comparable = runs.filter((run) => run.metric === metric);
  const comparableGroups = groups.filter((group) => comparable.some((run) => group.runs.includes(run.id)));
  return {
    metric,
    better,
    runs,
    groups,
    fronts: { runs: runFronts(comparable, better), groups: groupFronts(comparableGroups, better) },
    layers: alignLayers(runs),
    settings: settingsDifferences(records),
    environment: environmentDifferences(records),
    caveats: collectCaveats(runs, groups, records),
  };
}

function describeRun({ run, record, state, name, trace }: CompareInput): ComparedRun {
  const { result, settings } = record;
  const { last } = trace;
  const metric = trace.metric ?? settings?.metrics[0] ?? "metric";
  const layers = result?.layers ?? trace.layers;
  const reference = result?.reference ?? trace.reference;
  const params = result?.params ?? countWeights(layers);
  return {
    id: run.id,
    dir: run.dir,
    name,
    label: `${name} · ${run.id.slice(-4)}`,
    state,
    createdAt: record.createdAt,
    ...definedOnly({ seed: settings?.seed, modelSha256: record.model?.sha256 }),
    modelFile: record.plan.modelFile,
    exportName: record.plan.exportName,
    metric,
    better: trace.better ?? guessBetter(metric, settings?.pruning.bound),
    isResult: result !== undefined,
    sparsity: result?.sparsity ?? last?.prunedTo ?? last?.sparsity ?? 0,
    ...definedOnly({ validation: result?.validation ?? trace.lastScore, test: result?.test }),
    ...definedOnly({ reference, referenceTest: result?.referenceTest, params }),
    epochs: result?.epochs ?? last?.epoch ?? 0,
    seconds: result?.seconds ?? last?.seconds ?? 0,
    prunings: trace.prunings,
    layers,
  };
}

function countWeights(layers: ComparedRun["layers"]): ComparedRun["params"] {
  const sum = (count: (layer: ComparedRun["layers"][number]) => number): number =>
    layers.reduce((total, layer) => total + count(layer), 0);
  return layers.length === 0
    ? undefined
    : { total: sum((layer) => layer.total), remaining: sum((layer) => layer.remaining) };
}

/** Without the keys that have no value, as JSON would leave them out too. */
function definedOnly<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

function runFronts(runs: readonly ComparedRun[], better: Better): Fronts {
  const front = (split: Split): string[] =>
    findFront(
      runs.flatMap((run) => {
        const metric = run.isResult ? run[split]?.metric : undefined;
        return metric === undefined ? [] : [{ key: run.id, sparsity: run.sparsity, metric }];
      }),
      better,
    );
  return { validation: front("validation"), test: front("test") };
}

function groupFronts(groups: readonly SeedGroup[], better: Better): Fronts {
  const front = (split: Split): string[] =>
    findFront(
      groups.flatMap(({ runs: [key = ""], sparsity, [split]: metric }) =>
        sparsity === undefined || metric === undefined ? [] : [{ key, sparsity: sparsity.mean, metric: metric.mean }],
      ),
      better,
    );
  return { validation: front("validation"), test: front("test") };
}

/** By name, in the order in which the names first occur. */
function alignLayers(runs: readonly ComparedRun[]): ComparedLayer[] {
  const names = new Set(runs.flatMap((run) => run.layers.map((layer) => layer.name)));
  return [...names].map((name) => ({
    name,
    layers: runs.map((run) => run.layers.find((layer) => layer.name === name)),
  }));
}

function collectCaveats(
  runs: readonly ComparedRun[],
  groups: readonly SeedGroup[],
  records: readonly RunRecord[],
): Caveat[] {
  const [first] = runs;
  const others = runs.filter((run) => run.metric !== first?.metric);
  const unfinished = runs.filter((run) => run.state !== "done");
  const dataHashes = new Set(records.flatMap((record) => record.data?.sha256 ?? []));
  const repeated = repeatedRuns(runs, groups);
  const unequal = runs.filter((run, index) => isLongerThanReference(run, records[index], runs));
  const ids = (some: readonly ComparedRun[]): readonly string[] => some.map((run) => run.id);
  return [
    ...(others.length > 0 && first !== undefined
      ? [{ kind: "metric", runs: ids(others), metric: first.metric } as const]
      : []),
    ...(dataHashes.size > 1 ? [{ kind: "data" } as const] : []),
    ...(unequal.length > 0 ? [{ kind: "epochs", runs: ids(unequal) } as const] : []),
    ...(unfinished.length > 0 ? [{ kind: "unfinished", runs: ids(unfinished) } as const] : []),
    ...(repeated.length > 0 ? [{ kind: "repeated", runs: repeated } as const] : []),
  ];
}

/** ShrinkBench's complaint (arXiv 2003.03033): what a pruned network gains may be no more than its longer training. */
const LONGER = 1.5;

/** Unless a dense run of the same model, data and about as many epochs is compared as well. */
function isLongerThanReference(run: ComparedRun, record: RunRecord | undefined, runs: readonly ComparedRun[]): boolean {
  const dense = record?.settings?.epochs;
  if (dense === undefined || record?.initialModel !== undefined || run.sparsity === 0 || !run.isResult) return false;
  const hasTwin = runs.some(
    (other) =>
      other.sparsity === 0 &&
      other.isResult &&
      other.modelSha256 === run.modelSha256 &&
      other.exportName === run.exportName &&
      run.epochs <= LONGER * other.epochs,
  );
  return run.epochs > LONGER * dense && !hasTwin;
}
