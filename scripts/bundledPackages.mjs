/** A webpack plugin: writes which packages a bundle is made of, and which it has files of beside it. */
import { readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import webpack from "webpack";

/** Folder below the bundles', a file for each. */
export const PACKAGE_LISTS = "packages";

export class BundledPackages {
  constructor(root) {
    this.root = root;
  }

  apply(compiler) {
    const { Compilation, sources } = webpack;
    compiler.hooks.thisCompilation.tap("BundledPackages", (compilation) => {
      const stage = Compilation.PROCESS_ASSETS_STAGE_REPORT;
      compilation.hooks.processAssets.tap({ name: "BundledPackages", stage }, () => {
        const files = [...compilation.modules].flatMap((module) => module.nameForCondition?.() ?? []);
        const copied = compilation.getAssets().flatMap(({ info }) => info.sourceFilename ?? []);
        const found = [...files, ...copied.map((file) => join(compiler.context, file))]
          .map((file) => packageOf(file))
          .filter((folder) => folder !== undefined)
          .map((folder) => relative(this.root, folder).split(sep).join("/"));
        const list = [...new Set(found)].sort();
        compilation.emitAsset(
          `${PACKAGE_LISTS}/${compiler.options.name}.json`,
          new sources.RawSource(`${JSON.stringify(list, null, 2)}\n`),
        );
      });
    });
  }
}

/** The folder of the installed package that a file is of; not of a `package.json` that only says `"type": "module"`. */
function packageOf(file) {
  if (!file.includes(`${sep}node_modules${sep}`)) {
    return undefined;
  }
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (nameOf(folder) !== undefined) {
      return folder;
    }
    if (dirname(folder) === folder) {
      throw new Error(`${file} belongs to no package`);
    }
  }
}

function nameOf(folder) {
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return version === undefined ? undefined : name;
  } catch (error) {
    if (error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}
