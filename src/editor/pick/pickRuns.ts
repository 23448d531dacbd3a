/** Several runs out of those there are, with what is needed to tell them apart. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { WhittleError } from "../../protocol/errors.ts";
import { asDuration, asLocalTime, asStrength } from "../../protocol/figures.ts";
import type { Run } from "../../runs/files/layout.ts";
import { describeEnd, describeProgress, isLive } from "../runs/runSummary.ts";
import type { WatchedRun } from "../runs/runWatch.ts";

type RunItem = vscode.QuickPickItem & { readonly run?: Run };

/**
 * @param choice newest first
 * @param preselected folders of runs
 * @returns the runs in the order of `choice`; undefined when the user thinks better of it
 * @throws WhittleError when there are not two runs, or the user picks less
 */
export async function pickRuns(
  choice: readonly WatchedRun[],
  preselected: ReadonlySet<string>,
): Promise<readonly Run[] | undefined> {
  if (choice.length < 2) {
    throw new WhittleError(vscode.l10n.t("A comparison needs two runs, and there are not that many here."), {
      remedy: vscode.l10n.t("Start one with the lens Prune above a model, or from the Runs view."),
    });
  }
  const picked = await vscode.window.showQuickPick(collectItems(choice, preselected), {
    title: vscode.l10n.t("Compare Runs"),
    placeHolder: vscode.l10n.t("Two or more runs; type to filter by name, settings, state or time"),
    canPickMany: true,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (picked === undefined) {
    return undefined;
  }
  const runs = picked.flatMap(({ run }) => (run === undefined ? [] : [run]));
  if (runs.length < 2) {
    throw new WhittleError(vscode.l10n.t("A comparison needs at least two runs."), {
      remedy: vscode.l10n.t("Tick the boxes of two or more."),
    });
  }
  return runs;
}

/** Under a heading per definition. */
function collectItems(choice: readonly WatchedRun[], preselected: ReadonlySet<string>): readonly RunItem[] {
  const byDefinition = new Map<string, WatchedRun[]>();
  for (const watched of choice) {
    const { modelFile, exportName } = watched.record.plan;
    const definition = `${basename(modelFile)} · ${exportName}`;
    byDefinition.set(definition, [...(byDefinition.get(definition) ?? []), watched]);
  }
  return [...byDefinition].flatMap(([definition, runs]): RunItem[] => [
    { label: definition, kind: vscode.QuickPickItemKind.Separator },
    ...runs.map((watched) => describeRun(watched, preselected)),
  ]);
}

/** A run as an item of any pick. */
export function describeRun(watched: WatchedRun, preselected: ReadonlySet<string> = new Set()): RunItem {
  const { run, record, state, name, marks, progress } = watched;
  const { settings, result } = record;
  const how =
    settings === undefined
      ? []
      : [
          vscode.l10n.t("seed {0}", settings.seed),
          settings.pruning.method,
          asStrength(settings.pruning),
          ...(record.engine === undefined ? [] : [record.engine.name]),
        ];
  const tags = marks.tags.map((tag) => `#${tag}`);
  return {
    run,
    label: `${name} · ${run.id.slice(-4)}`,
    description: [asLocalTime(record.createdAt), ...how, ...tags].join(" · "),
    detail: [
      isLive(state) ? describeProgress(state, progress) : describeEnd(record, state),
      ...(result === undefined ? [] : [asDuration(result.seconds)]),
    ].join(" · "),
    picked: preselected.has(run.dir),
  };
}
