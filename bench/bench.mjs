/**
 * The benchmarks, each with its own arguments; what has changed is built first.
 *
 *   npm run bench -- speed | memory | checkpoints | stream | images | compaction | export | paper | translation | editor | EXPERIMENT …
 */
import { ensureReady } from "../scripts/ensure.mjs";

/** @type {Readonly<Record<string, () => Promise<unknown>>>} */
const PROGRAMS = {
  speed: () => import("./speed/speed.ts"),
  memory: () => import("./memory.ts"),
  editor: () => import("./editor.mjs"),
  checkpoints: () => import("./checkpoints.ts"),
  stream: () => import("./stream.ts"),
  images: () => import("./images.ts"),
  compaction: () => import("./compaction.ts"),
  export: () => import("./exported.ts"),
  paper: () => import("./paper.ts"),
  translation: () => import("./translation.ts"),
};

await ensureReady();
const program = PROGRAMS[process.argv[2] ?? ""];
if (program === undefined) {
  await import("./pruning.ts");
} else {
  process.argv.splice(2, 1);
  await program();
}
