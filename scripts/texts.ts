/**
 * Writes l10n/bundle.l10n.json, the English texts that the code asks for, and says which ones a translation lacks or no
 * longer needs: `npm run texts`. Tests in test/manifest fail where this would find something.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { getL10nJson } from "@vscode/l10n-dev";
import { z } from "zod";

const root = resolve(import.meta.dirname, "..");
/** Where texts are written for users of the editor; all else speaks English, in files and logs as well. */
const ROOMS = ["src/editor", "src/webview", "src/protocol"];
export const BUNDLE = "l10n/bundle.l10n.json";
export const LANGUAGES = ["ja"] as const;

export type Texts = Readonly<Record<string, string>>;

/** English text → itself, for every text in the code. */
export async function collectTexts(): Promise<Texts> {
  const files = ROOMS.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .sort()
      .map((file) => join(root, room, file)),
  );
  const found = await getL10nJson(
    [...files, join(root, "src/extension.ts")].map((file) => ({
      extension: ".ts",
      contents: readFileSync(file, "utf8"),
    })),
  );
  const keys = Object.keys(found).sort();
  return Object.fromEntries(keys.map((key) => [key, key]));
}

export function readTexts(file: string): Texts {
  return z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(join(root, file), "utf8")));
}

/** Texts that `translation` lacks, has too many, or that fill in other places than the English ones. */
export function findGaps(english: Texts, translation: Texts): string[] {
  const places = (text: string): string => [...text.matchAll(/\{\d+\}|\]\(\S+?\)/g)].map(String).sort().join(" ");
  return [
    ...Object.keys(english)
      .filter((key) => !(key in translation))
      .map((key) => `missing: ${key}`),
    ...Object.keys(translation)
      .filter((key) => !(key in english))
      .map((key) => `not needed: ${key}`),
    ...Object.entries(translation)
      .filter(([key, text]) => key in english && places(text) !== places(english[key] ?? ""))
      .map(([key]) => `other places: ${key}`),
  ];
}

if (process.argv[1] === import.meta.filename) {
  const texts = await collectTexts();
  writeFileSync(join(root, BUNDLE), `${JSON.stringify(texts, null, 2)}\n`);
  for (const language of LANGUAGES) {
    const gaps = [
      ...findGaps(texts, readTexts(`l10n/bundle.l10n.${language}.json`)),
      ...findGaps(readTexts("package.nls.json"), readTexts(`package.nls.${language}.json`)),
    ];
    console.log(`${language}: ${gaps.length === 0 ? "complete" : `\n  ${gaps.join("\n  ")}`}`);
  }
}
