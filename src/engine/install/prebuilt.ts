/** The first way: libtensorflow, and tfjs-node's own addon, from the storage site that tfjs-node's install script uses. */
import { copyFile, mkdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { addonPath } from "./cache.ts";
import { checkCompiler, compileAddon } from "./compile.ts";
import { download } from "./download.ts";
import { unpack } from "./unpack.ts";
import type { Archive, Prebuilt } from "./versions.ts";

export interface BuildOptions {
  readonly onProgress: (progress: { phase: string; fraction?: number }) => void;
  readonly signal: AbortSignal;
}

/** Fills `folder` with `deps/lib` and the addon. */
export async function buildFromArchives(prebuilt: Prebuilt, folder: string, options: BuildOptions): Promise<void> {
  if (prebuilt.addon === undefined) {
    await checkCompiler(options.signal);
  }
  await fetchInto(prebuilt.library, "libtensorflow", folder, placeLibraryMember, options);
  if (prebuilt.addon === undefined) {
    options.onProgress({ phase: "compiling the addon" });
    await compileAddon(folder, options.signal);
    return;
  }
  const addonPlace = join("lib", basename(dirname(addonPath(folder))), basename(addonPath(folder)));
  const placeAddon = (member: string) => (basename(member) === basename(addonPath(folder)) ? addonPlace : undefined);
  await fetchInto(prebuilt.addon, "the addon", folder, placeAddon, options);
  await rm(join(folder, "deps", "include"), { recursive: true, force: true });
  if (process.platform === "win32") {
    // Windows looks for the library beside the addon.
    const library = join(folder, "deps", "lib", "tensorflow.dll");
    await mkdir(dirname(addonPath(folder)), { recursive: true });
    await copyFile(library, join(dirname(addonPath(folder)), "tensorflow.dll"));
    await rm(library);
  }
}

async function fetchInto(
  archive: Archive,
  what: string,
  folder: string,
  place: (member: string) => string | undefined,
  options: BuildOptions,
): Promise<void> {
  const file = join(folder, basename(new URL(archive.url).pathname));
  await download(archive, file, {
    signal: options.signal,
    onFraction: (fraction) => options.onProgress(progress(`downloading ${what}`, fraction)),
  });
  await unpack(file, folder, {
    place,
    signal: options.signal,
    onFraction: (fraction) => options.onProgress(progress(`unpacking ${what}`, fraction)),
  });
  await rm(file);
}

/** The archives have `lib/` and `include/`; some for Windows have the library alone, at the top. */
export function placeLibraryMember(member: string): string | undefined {
  if (member.startsWith("lib/") || member.startsWith("include/")) {
    return `deps/${member}`;
  }
  return member === "tensorflow.dll" || member === "tensorflow.lib" ? `deps/lib/${member}` : undefined;
}

export function progress(phase: string, fraction: number | undefined): { phase: string; fraction?: number } {
  return fraction === undefined ? { phase } : { phase, fraction };
}
