/** Where the other programs of this installation lie. */
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { WhittleError } from "../protocol/errors.ts";

/** `trainer.cjs`, beside this program. By the real path, since npm starts programs through a link. */
export function locateTrainer(): string {
  const file = join(dirname(realpathSync(process.argv[1] ?? ".")), "trainer.cjs");
  if (!existsSync(file)) {
    throw new WhittleError(`The training program ${file} is missing.`, {
      remedy: "Build it: npm run build",
    });
  }
  return file;
}
