/** A run once more, with some of its settings changed. */
import { existsSync } from "node:fs";
import * as vscode from "vscode";
import { WhittleError } from "../../protocol/errors.ts";
import type { RunPlan, RunRecord } from "../../protocol/run.ts";
import { readRecord } from "../../runs/record/store.ts";
import type { App } from "../app.ts";
import { requireTrust } from "../base/trust.ts";
import { chooseRun } from "../pick/chooseRuns.ts";
import { launchRun } from "./launchRun.ts";

type Overrides = RunPlan["overrides"];
type SettingsModule = typeof import("../../models/settings.ts");

/** @param argument see `chooseRuns` */
export async function rerunWithChanges(app: App, argument: unknown): Promise<void> {
  requireTrust();
  const run = await chooseRun(app, argument, { title: vscode.l10n.t("Run which one again, with changes?") });
  if (run === undefined) {
    return;
  }
  const record = await readRecord(run);
  const { modelFile, exportName } = record.plan;
  if (!existsSync(modelFile)) {
    throw new WhittleError(vscode.l10n.t("The model file of this run is no longer there: {0}.", modelFile), {
      remedy: vscode.l10n.t("Put it back; a copy lies in the run's folder under source/."),
    });
  }
  const overrides = await changeSettings(record);
  if (overrides !== undefined) {
    await launchRun(app, { uri: vscode.Uri.file(modelFile).toString(), exportName }, { overrides });
  }
}

/** A list of all settings that can be changed one after the other. @returns undefined when cancelled */
async function changeSettings(record: RunRecord): Promise<Overrides | undefined> {
  const models = await import("../../models/settings.ts");
  let changes: Overrides = {};
  for (;;) {
    const overrides = models.mergeSettings(record.plan.overrides, changes);
    const picked = await vscode.window.showQuickPick(collectItems(models, record, changes, overrides), {
      title: vscode.l10n.t("Run {0} again", record.name),
      placeHolder: vscode.l10n.t("Start, or pick a setting to change"),
      matchOnDescription: true,
      matchOnDetail: true,
      ignoreFocusOut: true,
    });
    if (picked === undefined) {
      return undefined;
    }
    if (picked.path === undefined) {
      return overrides;
    }
    const change = await askValue(models, picked.path, settingOf(models, record, overrides, picked.path));
    changes = models.mergeSettings(changes, change ?? {});
  }
}

function collectItems(
  models: SettingsModule,
  record: RunRecord,
  changes: Overrides,
  overrides: Overrides,
): readonly (vscode.QuickPickItem & { readonly path?: string })[] {
  const items = models.listSettings().map(({ path, meaning }) => ({
    label: path,
    description: asText(settingOf(models, record, overrides, path)),
    detail: meaning,
    path,
    isChanged: models.settingAt(changes, path) !== undefined,
  }));
  const changed = items.filter(({ isChanged }) => isChanged);
  return [
    {
      label: `$(play) ${vscode.l10n.t("Start")}`,
      description:
        changed.length === 0
          ? vscode.l10n.t("with the same settings")
          : changed.map(({ path, description }) => `${path}=${description}`).join(" "),
      alwaysShow: true,
    },
    ...(changed.length === 0 ? [] : [separator(vscode.l10n.t("changed")), ...changed]),
    separator(vscode.l10n.t("settings")),
    ...items.filter(({ isChanged }) => !isChanged),
  ];
}

function separator(label: string): vscode.QuickPickItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

/** What is asked for wins over what the run had. */
function settingOf(models: SettingsModule, { settings }: RunRecord, overrides: Overrides, path: string): unknown {
  return models.settingAt(overrides, path) ?? models.settingAt(settings, path);
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

async function askValue(models: SettingsModule, path: string, before: unknown): Promise<Overrides | undefined> {
  const meaning = models.listSettings().find((setting) => setting.path === path)?.meaning ?? "";
  const typed = await vscode.window.showInputBox({
    title: path,
    prompt: meaning,
    value: asText(before),
    ignoreFocusOut: true,
    validateInput: (text) => {
      try {
        models.parseAssignments([`${path}=${text}`]);
        return undefined;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
  });
  return typed === undefined ? undefined : models.parseAssignments([`${path}=${typed}`]);
}
