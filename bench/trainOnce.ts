/** Runs whose results are kept, and that go on from their last checkpoint where a benchmark was interrupted. */
import { readFileSync } from "node:fs";
import { type RunResult, resultSchema } from "../src/protocol/run.ts";
import { listRuns } from "../src/runs/record/store.ts";
import { makeOnce } from "./makeOnce.ts";
import { runCli } from "./runCli.ts";

/** @param args of `whittle`, `run` and so on @param key all that the result depends on beside the text of the model file, `args[1]` */
export function trainOnce(
  runsDir: string,
  args: readonly string[],
  key: readonly unknown[] = args,
  env?: NodeJS.ProcessEnv,
): Promise<RunResult> {
  const [file = ""] = args[1]?.split("#") ?? [];
  // Its settings may have changed since.
  return makeOnce(runsDir, [...key, readFileSync(file, "utf8")], resultSchema, async (name) => {
    const begun = (await listRuns(runsDir)).flatMap((one) =>
      "record" in one && one.record.name === name ? [one] : [],
    );
    const [last] = begun.toReversed();
    // Ended, but not kept.
    if (last?.state === "done" && last.record.result !== undefined) return last.record.result;
    const command = last === undefined ? [...args, "--name", name] : ["resume", last.record.id];
    return resultSchema.parse(await runCli([...command, "--runs-dir", runsDir], env));
  });
}
