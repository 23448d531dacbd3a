/** Lets the user pick data and settings of a run, with what the experiment says as the default of both. */
import * as vscode from "vscode";
import type { FitOptions } from "../../models/scan/found.ts";
import type { RunPlan } from "../../protocol/run.ts";
import { PRESET_NAMES, type PresetName, SETTINGS_FILE_ENDING } from "../../protocol/settings.ts";

/** Settings files that are offered. */
const MOST_FILES = 50;

type Overrides = RunPlan["overrides"];

interface Choice extends vscode.QuickPickItem {
  /** Undefined when the user changed their mind. */
  choose(): Promise<Overrides | undefined>;
}

/**
 * @param fit what the model's file trains it with, which is offered and never taken over unasked
 * @returns undefined when cancelled
 */
export async function pickOverrides(fit: FitOptions | undefined): Promise<Overrides | undefined> {
  const data = await pickData();
  if (data === undefined) {
    return undefined;
  }
  const settings = await pickSettings(fit);
  // What was picked as data wins over a data set that a list of settings names.
  return settings && { ...settings, ...data };
}

async function pickData(): Promise<Overrides | undefined> {
  return pickOne(vscode.l10n.t("Trained on which data? (1/2)"), [
    {
      label: vscode.l10n.t("As the experiment says"),
      detail: vscode.l10n.t("Without an experiment: what the function itself trains on, else the embedded digits"),
      choose: async () => ({}),
    },
    {
      label: "digits",
      detail: vscode.l10n.t("Embedded: 28×28 pictures of digits, rendered here"),
      choose: async () => ({ data: "digits" }),
    },
    {
      label: "fit",
      detail: vscode.l10n.t("What the file gives model.fit or model.fitDataset"),
      choose: async () => ({ data: "fit" }),
    },
    chooseFolder("idx", vscode.l10n.t("A folder of MNIST-style IDX files")),
    chooseFolder("cifar10", vscode.l10n.t("A folder of CIFAR-10, binary version")),
    chooseFile("npz", vscode.l10n.t("NumPy's arrays: x_train, y_train, …"), ["npz"]),
    chooseFile("csv", vscode.l10n.t("A table with names in its first row"), ["csv", "tsv", "txt"]),
    chooseFile("module", vscode.l10n.t("What a function of your own gives: the default export of a file"), [
      ...["ts", "mts", "cts", "js", "mjs", "cjs"],
    ]),
  ]);
}

function chooseFolder(format: string, detail: string): Choice {
  return {
    label: `${format}:…`,
    detail,
    choose: async () => {
      const [folder] =
        (await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false, title: detail })) ?? [];
      return folder && { data: `${format}:${folder.fsPath}` };
    },
  };
}

function chooseFile(format: string, detail: string, endings: readonly string[]): Choice {
  return {
    label: `${format}:…`,
    detail,
    choose: async () => {
      const [file] = (await vscode.window.showOpenDialog({ title: detail, filters: { [detail]: [...endings] } })) ?? [];
      return file && { data: `${format}:${file.fsPath}` };
    },
  };
}

async function pickSettings(fit: FitOptions | undefined): Promise<Overrides | undefined> {
  const files = await vscode.workspace.findFiles(`**/*${SETTINGS_FILE_ENDING}`, "**/node_modules/**", MOST_FILES);
  return pickOne(vscode.l10n.t("With which settings? (2/2)"), [
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

async function pickOne(title: string, choices: readonly Choice[]): Promise<Overrides | undefined> {
  return (await vscode.window.showQuickPick(choices, { title, ignoreFocusOut: true }))?.choose();
}
