/** Lets the user pick data and settings of a run, with what the experiment says as the default of both. */
import * as vscode from "vscode";
import type { FitOptions } from "../../models/scan/found.ts";
import type { RunPlan } from "../../protocol/run.ts";
import { PRESET_NAMES, type PresetName, SETTINGS_FILE_ENDING } from "../../protocol/settings.ts";
import { inFile, pickData } from "./pickData.ts";
import { pickOne } from "./pickOne.ts";

/** Settings files that are offered. */
const MOST_FILES = 50;

type Overrides = RunPlan["overrides"];

/** In place of a data set. */
const AS_SAID = "";

/**
 * @param fit what the model's file trains it with, which is offered and never taken over unasked
 * @returns undefined when cancelled
 */
export async function pickOverrides(fit: FitOptions | undefined): Promise<Overrides | undefined> {
  const data = await pickOwnData();
  if (data === undefined) {
    return undefined;
  }
  const settings = await pickSettings(fit);
  // What was picked as data wins over a data set that a list of settings names.
  return settings && { ...settings, ...(data === AS_SAID ? {} : { data }) };
}

function pickOwnData(): Promise<string | undefined> {
  return pickData(vscode.l10n.t("Trained on which data? (1/2)"), [
    {
      label: vscode.l10n.t("As the experiment says"),
      detail: vscode.l10n.t("Without an experiment: what the function itself trains on, else the embedded digits"),
      choose: async () => AS_SAID,
    },
    {
      label: "fit",
      detail: vscode.l10n.t("What the file gives model.fit or model.fitDataset"),
      choose: async () => "fit",
    },
    inFile("module", vscode.l10n.t("What a function of your own gives: the default export of a file"), [
      ...["ts", "mts", "cts", "js", "mjs", "cjs"],
    ]),
  ]);
}

async function pickSettings(fit: FitOptions | undefined): Promise<Overrides | undefined> {
  const files = await vscode.workspace.findFiles(`**/*${SETTINGS_FILE_ENDING}`, "**/node_modules/**", MOST_FILES);
  return pickOne<Overrides>(vscode.l10n.t("With which settings? (2/2)"), [
    {
      label: vscode.l10n.t("As the experiment says"),
      detail: vscode.l10n.t("What it does not say has a default"),
      choose: async () => ({}),
    },
    ...(fit === undefined
      ? []
      : [
          {
            label: vscode.l10n.t("As model.fit in the file says"),
            detail: Object.entries(fit)
              .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
              .join(" "),
            choose: async () => ({ ...fit }),
          },
        ]),
    ...PRESET_NAMES.map((preset) => ({
      label: `$(beaker) ${preset}`,
      detail: describePreset(preset),
      choose: async () => ({ preset }),
    })),
    ...files.map((file) => ({
      label: `$(json) ${vscode.workspace.asRelativePath(file)}`,
      detail: vscode.l10n.t("Settings file"),
      choose: () => readSettings(file),
    })),
    {
      label: vscode.l10n.t("Change some…"),
      detail: "pruning.lambda=1e-4 seed=3",
      choose: typeSettings,
    },
    {
      label: vscode.l10n.t("Settings file…"),
      detail: vscode.l10n.t("One that lies elsewhere"),
      choose: async () => {
        const filters = { [vscode.l10n.t("Settings of a Whittle run")]: ["json"] };
        const [file] = (await vscode.window.showOpenDialog({ filters })) ?? [];
        return file && readSettings(file);
      },
    },
  ]);
}

function describePreset(preset: PresetName): string {
  switch (preset) {
    case "whittle":
      return vscode.l10n.t("Preset: what Whittle's study of methods finds best");
    case "paper":
      return vscode.l10n.t("Preset: as the authors' code of arXiv 2204.04977, through Adam");
    case "lobster":
      return vscode.l10n.t("Preset: as the code of LOBSTER, arXiv 2011.09905");
  }
}

async function readSettings(file: vscode.Uri): Promise<Overrides> {
  const { readSettingsFile } = await import("../../models/settingsFile.ts");
  return readSettingsFile(file.fsPath);
}

async function typeSettings(): Promise<Overrides | undefined> {
  const { parseAssignments } = await import("../../models/settings.ts");
  const split = (text: string): string[] => text.split(/\s+/).filter((part) => part !== "");
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t("Settings that win over the experiment's own"),
    prompt: vscode.l10n.t("path=value, separated by blanks"),
    value: "pruning.lambda=6e-4 seed=0",
    ignoreFocusOut: true,
    validateInput: (typed) => {
      try {
        parseAssignments(split(typed));
        return undefined;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
  });
  return text === undefined ? undefined : parseAssignments(split(text));
}
