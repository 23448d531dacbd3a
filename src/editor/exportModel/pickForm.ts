/** Asks what a model is to be exported as. How small it will be is told as soon as it is known. */
import * as vscode from "vscode";
import type { ExportPreview } from "../../protocol/modelExport.ts";
import { describeGain, describeSizes, type ExportForm, listForms, sizeOf } from "./exportForms.ts";

type FormItem = vscode.QuickPickItem & { readonly form: ExportForm };

/**
 * @param name of the run
 * @param preview is ended when something is picked before it is done
 * @returns undefined when cancelled
 * @throws what `preview` does: what cannot be looked at cannot be exported
 */
export async function pickForm(
  name: string,
  preview: (signal: AbortSignal) => Promise<ExportPreview>,
): Promise<ExportForm | undefined> {
  const cancel = new AbortController();
  const pick = vscode.window.createQuickPick<FormItem>();
  pick.title = vscode.l10n.t("Export {0} as", name);
  pick.placeholder = vscode.l10n.t("Looking how small it can be …");
  pick.matchOnDetail = true;
  pick.ignoreFocusOut = true;
  pick.items = listForms().map(asItem);
  pick.busy = true;
  try {
    const picked = new Promise<ExportForm | undefined>((resolve) => {
      pick.onDidAccept(() => resolve(pick.selectedItems[0]?.form));
      pick.onDidHide(() => resolve(undefined));
    });
    pick.show();
    const told = preview(cancel.signal).then((found) => tell(pick, name, found));
    return await Promise.race([picked, told.then(() => picked)]);
  } finally {
    cancel.abort(new vscode.CancellationError());
    pick.dispose();
  }
}

function asItem(form: ExportForm): FormItem {
  return { label: form.format, detail: form.use, form };
}

function tell(pick: vscode.QuickPick<FormItem>, name: string, preview: ExportPreview): void {
  const gain = describeGain(preview);
  pick.busy = false;
  pick.title = gain === "" ? pick.title : vscode.l10n.t("Export {0}: {1}", name, gain);
  pick.placeholder = describeSizes(preview);
  const [active] = pick.activeItems;
  pick.items = listForms().map((form) => ({ ...asItem(form), description: sizeOf(form.format, preview) }));
  // What the user has gone to stays where they are.
  pick.activeItems = pick.items.filter(({ form }) => form.format === active?.form.format);
}
