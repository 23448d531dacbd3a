/** The editor's settings. The only file that asks for them. */
import * as vscode from "vscode";
import type { EngineWish } from "../protocol/settings.ts";
import { EDITOR_SETTINGS, type SettingKey } from "./manifestNames.ts";

export interface Config {
  engine(resource: vscode.Uri): EngineWish;
  openPanelOnStart(resource: vscode.Uri): boolean;
}

/** A value of the wrong kind is named in the log, and the default holds. */
export function createConfig(log: vscode.LogOutputChannel): Config {
  function read(key: SettingKey, resource: vscode.Uri): unknown {
    const setting = EDITOR_SETTINGS[key];
    const value = vscode.workspace.getConfiguration("whittle", resource).get(key);
    if (value === undefined || setting.schema.safeParse(value).success) {
      return value;
    }
    log.warn(
      `Setting whittle.${key} is ${JSON.stringify(value)}, which it cannot be; ${JSON.stringify(setting.default)} holds.`,
    );
    return undefined;
  }
  return {
    engine: (resource) =>
      EDITOR_SETTINGS.engine.schema.safeParse(read("engine", resource)).data ?? EDITOR_SETTINGS.engine.default,
    openPanelOnStart: (resource) =>
      EDITOR_SETTINGS.openPanelOnStart.schema.safeParse(read("openPanelOnStart", resource)).data ??
      EDITOR_SETTINGS.openPanelOnStart.default,
  };
}
