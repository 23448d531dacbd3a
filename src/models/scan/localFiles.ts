/** The user's own files that a file imports by a relative path: what is written there, and which file is meant. */
import { dirname, extname, resolve } from "node:path";

/** Text of a file by its absolute path; undefined where there is none, or one too large to be written by hand. */
export type ReadFile = (file: string) => string | undefined;

export interface LocalFile {
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
}

/** While it is in use, each file stays as it was. */
export function readingOnce(read: ReadFile): ReadFile {
  const texts = new Map<string, string | undefined>();
  return (file) => {
    if (!texts.has(file)) texts.set(file, read(file));
    return texts.get(file);
  };
}

/** `from "./net"`, `import "./net"`, `import("./net")` and `require("./net")`. */
const IMPORT = /\b(?:from|import|require)\s*\(?\s*(["'])(\.{1,2}(?:\/[^"'\n]*)?)\1/g;

/** In the order in which the module loader tries them. */
const ENDINGS = [".js", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".json"];
/** TypeScript names its files by what they become. */
const WRITTEN_AS: ReadonlyMap<string, string> = new Map([
  [".js", ".ts"],
  [".mjs", ".mts"],
  [".cjs", ".cts"],
  [".jsx", ".tsx"],
]);

/** The file that `from` means by `specifier`; undefined where that is a package, or cannot be read. */
export function resolveLocal(specifier: string, from: string, read: ReadFile): LocalFile | undefined {
  if (!/^\.{1,2}(\/|$)/.test(specifier)) return undefined;
  const path = resolve(dirname(from), specifier.replace(/\?.*$/, ""));
  const ending = extname(path);
  const source = WRITTEN_AS.get(ending);
  const candidates = [
    path,
    ...ENDINGS.map((each) => path + each),
    ...(source === undefined ? [] : [path.slice(0, -ending.length) + source]),
    ...ENDINGS.map((each) => resolve(path, `index${each}`)),
  ];
  for (const file of candidates) {
    const text = read(file);
    if (text !== undefined) return { file, text };
  }
  return undefined;
}

/** What `file` imports, and what that imports, each once, the nearest first; `file` itself is not among them. */
export function* localFilesOf(file: string, text: string, read: ReadFile): Generator<LocalFile> {
  const seen = new Set([resolve(file)]);
  const waiting: LocalFile[] = [{ file, text }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    for (const [, , specifier = ""] of next.text.matchAll(IMPORT)) {
      const found = resolveLocal(specifier, next.file, read);
      if (found === undefined || seen.has(found.file)) continue;
      seen.add(found.file);
      waiting.push(found);
      yield found;
    }
  }
}
