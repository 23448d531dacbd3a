/** Where this code runs: from the sources (tsx) or from a bundle in dist/. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { requireFrom } from "../nodeRequire.ts";

/**
 * This very file: the bundle's, or this source file's. A bundle is a CommonJS module, in which the bundler would put the
 * address of the source in place of `import.meta.url`; `__filename` it leaves alone (`node: { __filename: false }`).
 */
const here = typeof __filename === "string" ? __filename : fileURLToPath(import.meta.url);

export function isBundled(): boolean {
  return !here.endsWith(".ts");
}

/** The bundle, or this source file; without links, as Node gives it. */
export function codeFile(): string {
  return here;
}

/** Folder of the bundle (dist), or of this source file. */
export function codeFolder(): string {
  return dirname(here);
}

/** Folder of an installed npm package. @throws Node's MODULE_NOT_FOUND error */
export function packageFolder(name: string): string {
  return dirname(requireFrom(here).resolve(`${name}/package.json`));
}

/** What compiles the native addon: node-gyp's program, and the folder with tfjs-node's C++ sources. */
export function addonTools(): { readonly nodeGyp: string; readonly sources: string } {
  if (isBundled()) {
    const folder = join(codeFolder(), "addon");
    return { nodeGyp: join(folder, "node-gyp", "lib", "node-gyp.cjs"), sources: join(folder, "tfjs-node") };
  }
  return {
    nodeGyp: join(packageFolder("node-gyp"), "bin", "node-gyp.js"),
    sources: packageFolder("@tensorflow/tfjs-node"),
  };
}

/** The program that checks an engine in a process of its own. */
export function checkProgram(): { readonly command: string; readonly args: readonly string[] } {
  if (isBundled()) {
    return { command: process.execPath, args: [join(codeFolder(), "trainer.cjs"), "--check-engine"] };
  }
  const loader = requireFrom(here).resolve("tsx");
  return { command: process.execPath, args: ["--import", loader, join(codeFolder(), "checkMain.ts")] };
}

/** A file that is built, and lies beside the bundles. */
export function builtFile(name: string): string {
  return isBundled() ? join(codeFolder(), name) : join(codeFolder(), "../../../dist", name);
}

const threadPrograms = new Map<string, string>();

/**
 * The code of a program for threads: of the bundle NAME.cjs beside this one, or of NAME.ts beside the source that asks. Read once: after
 * an update of the extension its file is gone, while a run goes on.
 * @param from `import.meta.url` of the source that asks
 */
export function threadProgram(name: string, from: string): string {
  const known = threadPrograms.get(name);
  const program =
    known ?? (isBundled() ? readFileSync(join(codeFolder(), `${name}.cjs`), "utf8") : sourceProgram(name, from));
  threadPrograms.set(name, program);
  return program;
}

/** tsx knows of the thread that it was loaded in, and of no other. */
function sourceProgram(name: string, from: string): string {
  const tsx = pathToFileURL(join(packageFolder("tsx"), "dist", "esm", "api", "index.mjs")).href;
  const source = new URL(`./${name}.ts`, from).href;
  return `import("${tsx}").then(({ register }) => (register(), import("${source}")))`;
}
