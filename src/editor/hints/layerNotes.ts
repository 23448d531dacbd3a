/** What the selected or last run did to each layer, beside its line (inlay hints) and on its name (hover). */
import { createHash } from "node:crypto";
import * as vscode from "vscode";
import { asPercent, asShape } from "../../protocol/figures.ts";
import type { LayerSummary } from "../../protocol/run.ts";
import { describeAge } from "../base/age.ts";
import { Disposables } from "../base/disposables.ts";
import { escapeMarkdown } from "../base/markdown.ts";
import { collectLayerRuns, type LayerRun } from "../lenses/definitionRuns.ts";
import type { DefinitionScans } from "../lenses/definitionScans.ts";
import { MODEL_FILES } from "../lenses/lenses.ts";
import { describeState } from "../runs/runSummary.ts";
import type { RunWatch, WatchedRun } from "../runs/runWatch.ts";
import {
  collectHistory,
  describeFigures,
  describeMade,
  describeWeights,
  drawSparkline,
  sumFigures,
} from "./layerFigures.ts";

/** Characters of the history in a hover. */
const HISTORY_WIDTH = 32;

export function registerLayerNotes(runs: RunWatch, scans: DefinitionScans): vscode.Disposable {
  const registered = new Disposables();
  const changed = registered.add(new vscode.EventEmitter<void>());
  /** What the hints that were asked for last show, by document: layers of runs are replaced, never changed. */
  const shown = new Map<string, readonly (readonly LayerSummary[])[]>();
  const layerRunsOf = async (document: vscode.TextDocument): Promise<readonly LayerRun[]> =>
    collectLayerRuns(runs, document.uri.fsPath, await scans.of(document));

  registered.add(vscode.workspace.onDidCloseTextDocument((document) => shown.delete(document.uri.toString())));
  registered.add(
    runs.onDidChange(async () => {
      for (const { document } of vscode.window.visibleTextEditors) {
        const before = shown.get(document.uri.toString());
        const now = before && (await layerRunsOf(document)).map(({ watched }) => watched.layers);
        if (now !== undefined && (now.length !== before?.length || now.some((layers, i) => layers !== before[i]))) {
          changed.fire();
          return;
        }
      }
    }),
  );
  registered.add(
    vscode.languages.registerInlayHintsProvider(MODEL_FILES, {
      onDidChangeInlayHints: changed.event,
      provideInlayHints: async (document, range) => {
        const found = await layerRunsOf(document);
        shown.set(
          document.uri.toString(),
          found.map(({ watched }) => watched.layers),
        );
        return found.flatMap((layerRun) => {
          const line = document.lineAt(document.positionAt(layerRun.layer.start));
          return range.intersection(line.range) === undefined ? [] : [makeHint(document, line, layerRun)];
        });
      },
    }),
  );
  registered.add(
    vscode.languages.registerHoverProvider(MODEL_FILES, {
      provideHover: async (document, position) => {
        const at = document.offsetAt(position);
        const found = (await layerRunsOf(document)).find(
          ({ layer }) => layer.start <= at && at < nameEnd(document, layer),
        );
        if (found === undefined) {
          return undefined;
        }
        const { layer } = found;
        const range = new vscode.Range(document.positionAt(layer.start), document.positionAt(nameEnd(document, layer)));
        return new vscode.Hover(describeLayer(document, found), range);
      },
    }),
  );
  return registered;
}

/** Where the name of the layer's function ends; inside its brackets, hovers are about the arguments. */
function nameEnd(document: vscode.TextDocument, { start, end }: LayerRun["layer"]): number {
  const text = document.getText(new vscode.Range(document.positionAt(start), document.positionAt(end)));
  const bracket = text.indexOf("(");
  return bracket === -1 ? end : start + bracket;
}

function makeHint(document: vscode.TextDocument, line: vscode.TextLine, layerRun: LayerRun): vscode.InlayHint {
  const hint = new vscode.InlayHint(line.range.end, describeMade(layerRun.made));
  hint.paddingLeft = true;
  hint.tooltip = describeLayer(document, layerRun);
  return hint;
}

/** Names come from files: they go in as text, never as Markdown. */
function describeLayer(document: vscode.TextDocument, { tensors, watched }: LayerRun): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.isTrusted = { enabledCommands: ["whittle.openPanel"] };
  for (const tensor of tensors) {
    const figures = sumFigures([tensor]);
    text.appendMarkdown(`**${escapeMarkdown(tensor.name)}** ${asShape(tensor.shape)}  \n`);
    text.appendMarkdown(`${escapeMarkdown(`${describeFigures(figures)} · ${describeWeights(figures)}`)}  \n`);
  }
  appendHistory(text, collectHistory(watched.history, tensors));
  text.appendMarkdown("\n\n");
  appendRun(text, document, watched);
  return text;
}

function appendHistory(text: vscode.MarkdownString, history: readonly number[]): void {
  const [first, last] = [history[0], history.at(-1)];
  if (first !== undefined && last !== undefined) {
    const line = drawSparkline(history, HISTORY_WIDTH);
    const words = vscode.l10n.t(
      "{0} → {1} in {2} epochs (scale 0 to 100 %)",
      asPercent(first),
      asPercent(last),
      history.length,
    );
    text.appendMarkdown(`\n\`${line}\` ${words}  \n`);
  }
}

function appendRun(
  text: vscode.MarkdownString,
  document: vscode.TextDocument,
  { run, record, name, state }: WatchedRun,
): void {
  const age = describeAge(record.updatedAt, Date.now(), vscode.env.language);
  const words = vscode.l10n.t("Run {0}, {1}, {2}", `${name} · ${run.id.slice(-4)}`, describeState(state), age);
  const link = `command:whittle.openPanel?${encodeURIComponent(JSON.stringify([run.dir]))}`;
  text.appendMarkdown(`${escapeMarkdown(words)} — [${vscode.l10n.t("Show run")}](${link})`);
  const sha256 = createHash("sha256").update(document.getText()).digest("hex");
  const kept = record.model?.files?.[0] ?? record.model;
  if (kept !== undefined && kept.sha256 !== sha256) {
    text.appendMarkdown(`  \n${vscode.l10n.t("The file has changed since this run.")}`);
  }
}
