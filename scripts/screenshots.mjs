/**
 * `npm run screenshots`: plays the tour (test/integration/scenarios/tour.mjs) in a real VS Code and puts its pictures into
 * docs/images/, where README.md shows them.
 */
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ensureReady, ROOT, runShown } from "./ensure.mjs";
import { trySetup } from "./native.mjs";

const from = join(ROOT, "out", "screenshots", "tour");
const to = join(ROOT, "docs", "images");

try {
  await ensureReady();
  await trySetup();
  process.exitCode = await runShown(process.execPath, ["--import=tsx", join("test", "integration", "run.mjs"), "tour"]);
  if (process.exitCode === 0) {
    mkdirSync(to, { recursive: true });
    const pictures = readdirSync(from);
    for (const picture of pictures) {
      copyFileSync(join(from, picture), join(to, picture));
    }
    console.log(`${pictures.length} pictures in ${to}`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
