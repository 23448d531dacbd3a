/** How long the extension host keeps others waiting while a run is going on at full speed and shown in its panel. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ENDLESS, writeExperiment } from "../../test/integration/workspace.mjs";
import { asTime } from "./figures.mjs";
import { seenAt, watchPanels } from "./panelWatch.mjs";

/** Milliseconds between two samples. Each sample is the time since the one before: what is above this is delay. */
const RESOLUTION = 2;
const SECONDS = 20;

/**
 * @param setting.trainingProcess of the editor's settings
 * @param setting.target milliseconds for the 99th percentile; without one the line is for information
 */
export function loopDelay(report, { trainingProcess, target }) {
  return {
    name: `delay of the extension host's event loop, whittle.trainingProcess: ${trainingProcess}`,
    async prepare(workspace) {
      await writeExperiment(workspace, ENDLESS);
      // Settings of a machine are not the user's own in a remote window; a workspace may say them in any window.
      await mkdir(join(workspace, ".vscode"));
      const settings = { "whittle.trainingProcess": trainingProcess };
      await writeFile(join(workspace, ".vscode", "settings.json"), JSON.stringify(settings));
    },
    async run(kit) {
      await kit.step(`the delay is sampled for ${SECONDS} s`, async () => {
        await watchPanels(kit.page);
        await kit.openModel();
        await kit.lens("▶ Prune").click();
        await kit.until("the panel shows figures", () => seenAt(kit.page, ({ loss }) => /\d/.test(loss)));
        await kit.inHost(startSampling, RESOLUTION);
        await sleep(SECONDS * 1000);
        const { p50, p99, max, count } = await kit.inHost(readSamples, RESOLUTION);
        const [{ dir, record }] = await kit.readRuns();
        await kit.startCommand("whittle.stopRun", dir);
        await kit.until("the run has stopped", async () => (await kit.readRuns())[0].record.state === "stopped");
        report.add({
          what: `Event loop delay while training, \`${trainingProcess}\` (${record.engine.name})`,
          target: target === undefined ? "" : `p99 < ${asTime(target)}`,
          measured: `p50 ${asTime(p50)}, p99 ${asTime(p99)}, max ${asTime(max)} (${count} samples)`,
          met: target === undefined ? "" : p99 < target ? "yes" : "no",
        });
      });
    },
  };
}

/** In the extension host. */
function startSampling(_vscode, resolution, require) {
  const { monitorEventLoopDelay } = require("node:perf_hooks");
  globalThis.loopDelay = monitorEventLoopDelay({ resolution });
  globalThis.loopDelay.enable();
}

/** In the extension host. @returns milliseconds of delay: without the pause that lies between two samples anyway */
function readSamples(_vscode, resolution) {
  const delay = globalThis.loopDelay;
  delay.disable();
  const asDelay = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - resolution);
  return {
    p50: asDelay(delay.percentile(50)),
    p99: asDelay(delay.percentile(99)),
    max: asDelay(delay.max),
    count: delay.count,
  };
}
