/** A run that is trained in the extension host itself. */
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

export const name = "whittle.trainingProcess: extensionHost trains in the host, to the same end";

/** Settings of a machine are not the user's own in a remote window; a workspace may say them in any window. */
export async function prepare(workspace) {
  await mkdir(join(workspace, ".vscode"));
  const settings = { "whittle.trainingProcess": "extensionHost", "whittle.engine": "wasm" };
  await writeFile(join(workspace, ".vscode", "settings.json"), JSON.stringify(settings));
}

export async function run(kit) {
  const { step, until } = kit;

  await step("a run goes from start to end in the host's process", async () => {
    await kit.openModel();
    const host = await kit.hostPid();
    await kit.startCommand("whittle.startRun", { uri: `file://${kit.modelFile}`, exportName: "default" });
    const run = await until(
      "it is done",
      async () => {
        const [only] = await kit.readRuns();
        return only?.record.state === "done" ? only : undefined;
      },
      180_000,
    );
    const pids = run.events.flatMap((event) => (event.type === "state" && event.pid !== undefined ? [event.pid] : []));
    assert.deepEqual([...new Set(pids)], [host]);
    assert.ok(run.record.result.sparsity > 0.1);
    await kit.lens("Last: ").waitFor();
  });
}
