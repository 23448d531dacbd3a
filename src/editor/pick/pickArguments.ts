/** Asks for what the function that builds a model has to be given. */
import * as vscode from "vscode";
import type { Arguments } from "../../models/arguments.ts";
import type { FoundParameter } from "../../models/scan/found.ts";
import { readJsonOrText } from "../../protocol/jsonOrText.ts";

/**
 * One question for each parameter without a default, with what was given last, or what the file gives it, to be accepted.
 * @param known what is given already
 * @param remembered what was given last
 * @returns undefined when cancelled; nothing of what is known
 */
export async function pickArguments(
  name: string,
  parameters: readonly FoundParameter[],
  known: Arguments,
  remembered: Arguments,
): Promise<Arguments | undefined> {
  const asked = parameters.filter((each) => each.isRequired && !Object.hasOwn(known, each.name));
  const given: Record<string, unknown> = {};
  for (const [index, { name: parameter, suggestion }] of asked.entries()) {
    const offered = Object.hasOwn(remembered, parameter) ? remembered[parameter] : suggestion;
    const text = await vscode.window.showInputBox({
      title: vscode.l10n.t("{0}: {1} ({2}/{3})", name, parameter, index + 1, asked.length),
      prompt: vscode.l10n.t("A number, a list, or any other value as in JSON; what is none is taken as text"),
      value: offered === undefined ? "" : asText(offered),
      ignoreFocusOut: true,
      validateInput: (typed) => (typed.trim() === "" ? vscode.l10n.t("{0} needs a value.", parameter) : undefined),
    });
    if (text === undefined) return undefined;
    given[parameter] = readJsonOrText(text.trim());
  }
  return given;
}

function asText(value: unknown): string {
  return typeof value === "string" && readJsonOrText(value) === value ? value : JSON.stringify(value);
}
