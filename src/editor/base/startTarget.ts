/** Which definition a command is about. */
import type * as vscode from "vscode";
import { z } from "zod";

export const startTargetSchema = z.strictObject({ uri: z.string().min(1), exportName: z.string().min(1) });
/** All that a lens hands over: it works when no editor is active. */
export type StartTarget = z.infer<typeof startTargetSchema>;

/** A file on disk, of a kind that can define a model. */
export function isModelDocument(document: vscode.TextDocument, languages: readonly string[]): boolean {
  return document.uri.scheme === "file" && languages.includes(document.languageId);
}
