/** Commands that start a run of a model definition. */
import * as vscode from "vscode";
import type { FitOptions } from "../../models/scan/found.ts";
import { kindOfKerasFile } from "../../models/scan/kerasFiles.ts";
import type { App } from "../app.ts";
import { type StartTarget, startTargetSchema } from "../base/startTarget.ts";
import { requireTrust } from "../base/trust.ts";
import { pickDefinition } from "../pick/pickDefinition.ts";
import { pickOverrides } from "../pick/pickOverrides.ts";
import { launchRun } from "./launchRun.ts";

/** Trains the dense reference and prunes nothing. */
const BASELINE = { pruning: { maxEpochs: 0 } };

/**
 * @param argument a `StartTarget`; the URI of a file of Keras, as from the explorer, of which data and settings are asked for; anything
 *   else, as from the palette, lets the user pick the model as well
 */
export async function startRun(app: App, argument: unknown): Promise<void> {
  requireTrust();
  const given = startTargetSchema.safeParse(argument).data;
  if (given !== undefined) {
    await launchRun(app, given, { overrides: {} });
    return;
  }
  const target = kerasFileOf(argument) ?? (await pickDefinition(app.scans));
  const overrides = target && (await pickOverrides(await findFit(app, target)));
  if (target !== undefined && overrides !== undefined) {
    await launchRun(app, target, { overrides });
  }
}

function kerasFileOf(argument: unknown): StartTarget | undefined {
  if (!(argument instanceof vscode.Uri) || kindOfKerasFile(argument.path) === undefined) return undefined;
  return { uri: argument.toString(), exportName: "default" };
}

async function findFit(app: App, { uri, exportName }: StartTarget): Promise<FitOptions | undefined> {
  const file = vscode.Uri.parse(uri, true);
  if (kindOfKerasFile(file.path) !== undefined) return undefined;
  const document = await vscode.workspace.openTextDocument(file);
  return (await app.scans.of(document)).find((each) => each.exportName === exportName)?.fit;
}

/** @param argument a `StartTarget`; anything else lets the user pick */
export async function startBaseline(app: App, argument: unknown): Promise<void> {
  requireTrust();
  const target = startTargetSchema.safeParse(argument).data ?? (await pickDefinition(app.scans));
  if (target !== undefined) {
    await launchRun(app, target, { overrides: BASELINE, nameSuffix: "dense" });
  }
}
