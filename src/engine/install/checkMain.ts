/** `trainer --check-engine` when run from the sources. */
import { messageOf } from "../../protocol/errors.ts";
import { runEngineCheck } from "./check.ts";

try {
  await runEngineCheck(process.argv.at(-1) ?? "");
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
