/** Names that stand for the user's own files: `paths` and `baseUrl` of the nearest tsconfig.json. */
import { dirname } from "node:path";
import { createPathsMatcher, getTsconfig } from "get-tsconfig";

export interface Aliases {
  /** That says so; it may have it from others. */
  readonly configFile: string;
  /** Absolute paths, without an ending where the name has none; the first at which there is a file is meant. */
  pathsOf(specifier: string): readonly string[];
}

/** Milliseconds for which a folder's is taken as it was: a workspace is looked through file by file. */
const KNOWN_MS = 2000;

const known = new Map<string, { readonly until: number; readonly aliases: Aliases | undefined }>();

/** Undefined where there are none, or the file that should say so cannot be read. */
export function findAliases(file: string): Aliases | undefined {
  const [folder, now] = [dirname(file), Date.now()];
  const last = known.get(folder);
  if (last !== undefined && now < last.until) return last.aliases;
  const aliases = readAliases(folder);
  for (const [each, { until }] of known) if (until <= now) known.delete(each);
  known.set(folder, { until: now + KNOWN_MS, aliases });
  return aliases;
}

function readAliases(folder: string): Aliases | undefined {
  try {
    const config = getTsconfig(folder);
    const pathsOf = config && createPathsMatcher(config);
    return config && pathsOf ? { configFile: config.path, pathsOf } : undefined;
  } catch {
    // Whoever compiles with it is told what is wrong with it.
    return undefined;
  }
}
