/** The user's own files that a file imports, by a relative path or an alias: what is written there, and which file is meant. */
import { isBuiltin } from "node:module";
import { dirname, extname, resolve } from "node:path";
import { findAliases } from "./aliases.ts";

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
const IMPORT = /\b(?:from|import|require)\s*\(?\s*(["'])([^"'\n]+)\1/g;
const RELATIVE = /^\.{1,2}(\/|$)/;
/** What no alias stands for, as most imports of a model file. */
const PACKAGE = /^(@tensorflow\/|whittle(\/|$))/;

const EXTENDS = /"extends"\s*:\s*"(\.[^"]*)"/;
const MOST_EXTENDED = 8;

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
  for (const path of pathsOf(specifier.replace(/\?.*$/, ""), from)) {
    const found = readAt(path, read);
    if (found !== undefined) return found;
  }
  return undefined;
}

function pathsOf(specifier: string, from: string): readonly string[] {
  if (RELATIVE.test(specifier)) return [resolve(dirname(from), specifier)];
  if (PACKAGE.test(specifier) || isBuiltin(specifier)) return [];
  return (
    findAliases(from)
      ?.pathsOf(specifier)
      .map((path) => resolve(path)) ?? []
  );
}

/** What is at a path that may lack its ending. */
function readAt(path: string, read: ReadFile): LocalFile | undefined {
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

/**
 * What `file` imports, and what that imports, each once, the nearest first, and what says which files the aliases among them mean;
 * `file` itself is not among them.
 */
export function* localFilesOf(file: string, text: string, read: ReadFile): Generator<LocalFile> {
  const seen = new Set([resolve(file)]);
  const waiting: LocalFile[] = [{ file, text }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    for (const [, , specifier = ""] of next.text.matchAll(IMPORT)) {
      const found = resolveLocal(specifier, next.file, read);
      if (found === undefined) continue;
      const isNew = !seen.has(found.file);
      if (isNew) waiting.push(found);
      for (const each of [found, ...(RELATIVE.test(specifier) ? [] : configsOf(next.file, read))]) {
        if (seen.has(each.file)) continue;
        seen.add(each.file);
        yield each;
      }
    }
  }
}

/** What says what aliases mean in `file`, and what it extends. */
function* configsOf(file: string, read: ReadFile): Generator<LocalFile> {
  let next = findAliases(file)?.configFile;
  for (let left = MOST_EXTENDED; next !== undefined && left > 0; left--) {
    const path = resolve(next);
    const text = read(path);
    if (text === undefined) return;
    yield { file: path, text };
    const extended = EXTENDS.exec(text)?.[1];
    next = extended && resolve(dirname(path), extended.endsWith(".json") ? extended : `${extended}.json`);
  }
}
