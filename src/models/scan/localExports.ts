/** What files export that a file imports, each scanned once, and not for ever. */
import type { FoundDefinition } from "./found.ts";
import type { Exports, ExportsOf } from "./imported.ts";
import { type ReadFile, resolveLocal } from "./localFiles.ts";
import { mayDefineModel } from "./signs.ts";

/** Files that are parsed for one that is open. */
const MOST_FILES = 32;
const NONE: Exports = new Map();

export class LocalExports {
  /** By path; one that is being scanned exports nothing to those that it imports. */
  private readonly known = new Map<string, Exports>();

  constructor(
    private readonly read: ReadFile,
    private readonly scan: (text: string, fileName: string, exportsOf: ExportsOf) => readonly FoundDefinition[],
  ) {}

  /** @param from the path of the file that imports */
  of(specifier: string, from: string): Exports {
    const found = resolveLocal(specifier, from, this.read);
    if (found === undefined || found.file.endsWith(".json")) return NONE;
    const { file, text } = found;
    const known = this.known.get(file);
    if (known !== undefined) return known;
    if (this.known.size >= MOST_FILES || !mayDefineModel(text, file, this.read)) return NONE;
    this.known.set(file, NONE);
    const definitions = this.scan(text, file, (next) => this.of(next, file));
    const exports = new Map(definitions.map((each) => [each.exportName, each]));
    this.known.set(file, exports);
    return exports;
  }
}
