/** `npm run package`: makes ready what is missing, then writes the extension to out/whittle.vsix. */
import { mkdirSync, rmSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureReady, ROOT } from "./ensure.mjs";

export const PACKAGE = join(ROOT, "out", "whittle.vsix");

/** Packs what is built. What goes in stands in .vscodeignore. */
export async function makePackage() {
  // Not at the top: it may have to be installed first.
  const { createVSIX } = await import("@vscode/vsce");
  mkdirSync(join(ROOT, "out"), { recursive: true });
  await createVSIX({
    cwd: ROOT,
    packagePath: PACKAGE,
    // The bundles hold them.
    dependencies: false,
    // There is no address yet that links of README.md could lead to.
    rewriteRelativeLinks: false,
    allowMissingRepository: true,
  });
}

/** What an older version built and this one does not would be packed with the rest. */
function removeBuild() {
  rmSync(join(ROOT, "dist"), { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    removeBuild();
    await ensureReady();
    await makePackage();
    const megabytes = (statSync(PACKAGE).size / 1e6).toFixed(1);
    console.log(
      `${relative(process.cwd(), PACKAGE)}: ${megabytes} MB. To install it: code --install-extension ${PACKAGE}`,
    );
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
