/** `npm run package`: makes ready what is missing, then writes the extension to out/whittle.vsix. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureReady, ROOT } from "./ensure.mjs";
import { collectPackages, describeNotices } from "./notices.mjs";

export const PACKAGE = join(ROOT, "out", "whittle.vsix");
/** What .vscodeignore lets in beside the licence. */
const NOTICES = "dist/THIRD-PARTY-NOTICES.txt";
/** The extension's page in the editor. */
const PAGE = "out/README.md";

/** Packs what is built. What goes in stands in .vscodeignore. */
export async function makePackage() {
  // Not at the top: it may have to be installed first.
  const { createVSIX } = await import("@vscode/vsce");
  mkdirSync(join(ROOT, "out"), { recursive: true });
  writeFileSync(join(ROOT, PAGE), asPage(readFileSync(join(ROOT, "README.md"), "utf8")));
  writeFileSync(join(ROOT, NOTICES), describeNotices(collectPackages(ROOT)));
  await createVSIX({
    cwd: ROOT,
    packagePath: PACKAGE,
    // The bundles hold them.
    dependencies: false,
    readmePath: PAGE,
    allowMissingRepository: true,
  });
}

/**
 * The editor shows the page without any file beside it, and there is no address on the web yet that its pictures and links
 * could lead to: pictures go with the paragraph about them, links stay as text.
 */
function asPage(readme) {
  return readme
    .replace(/^The pictures are [^\n]*(\n[^\n]+)*\n\n/m, "")
    .replace(/(\n[ \t]*)?\n[ \t]*!\[[^\]]*\]\([^)]*\)/g, "")
    .replace(/\[([^\]]+)\]\((?!https?:|#)[^)]+\)/g, "$1");
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
