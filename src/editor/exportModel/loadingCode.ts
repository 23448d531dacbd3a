/** Code that loads what was exported, for the file that defines the model. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type * as vscode from "vscode";
import { readLocalFile } from "../../models/localFile.ts";
import { LAYERS_FILE } from "../../protocol/modelExport.ts";
import type { Run } from "../../runs/files/layout.ts";
import { readRecord } from "../../runs/record/store.ts";

/** @param modelJson of the exported folder */
export async function loadingCodeFor(run: Run, modelJson: vscode.Uri): Promise<string> {
  const { plan } = await readRecord(run);
  const { loadingCode } = await import("../../models/scan/loadingCode.ts");
  return loadingCode(readLocalFile(plan.modelFile) ?? "", plan.modelFile, {
    exportName: plan.exportName,
    url: modelJson.toString(true),
    run: run.id,
    hasLayers: existsSync(join(dirname(modelJson.fsPath), LAYERS_FILE)),
  });
}
