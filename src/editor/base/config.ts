/** The editor's settings. The only file that asks for them. */
import * as vscode from "vscode";
import type { z } from "zod";
import { EDITOR_SETTINGS, type SettingKey } from "./manifestNames.ts";

type SettingOf<K extends SettingKey> = z.output<(typeof EDITOR_SETTINGS)[K]["schema"]>;

export interface Config {
  engine(resource: vscode.Uri): SettingOf<"engine">;
  openPanelOnStart(resource: vscode.Uri): boolean;
  /** One, when they are trained in the extension host: an engine serves a single run at a time. */
  maxParallelRuns(): number;
  trainingProcess(): SettingOf<"trainingProcess">;
  notifications(resource: vscode.Uri): SettingOf<"notifications">;
}

/** A value of the wrong kind is named in the log, and the default holds. */
export function createConfig(log: vscode.LogOutputChannel): Config {
  function read<K extends SettingKey>(key: K, resource?: vscode.Uri): SettingOf<K> {
    const setting = EDITOR_SETTINGS[key];
    const value = vscode.workspace.getConfiguration("whittle", resource).get(key);
    const checked = setting.schema.safeParse(value);
    if (checked.success) {
      return checked.data as SettingOf<K>;
    }
    if (value !== undefined) {
      log.warn(
        `Setting whittle.${key} is ${JSON.stringify(value)}, which it cannot be; ${JSON.stringify(setting.default)} holds.`,
      );
    }
    return setting.default as SettingOf<K>;
  }
  return {
    engine: (resource) => read("engine", resource),
    openPanelOnStart: (resource) => read("openPanelOnStart", resource),
    maxParallelRuns: () => (read("trainingProcess") === "extensionHost" ? 1 : read("maxParallelRuns")),
    trainingProcess: () => read("trainingProcess"),
    notifications: (resource) => read("notifications", resource),
  };
}
