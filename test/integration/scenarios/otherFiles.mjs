/** Models that a file has from another one, layers in loops, and what model.fit in the file says. */
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hintsOf, lensesOf } from "../inSource.mjs";

export const name = "models from other files, layers in loops, and what model.fit in the file says";

const NET = `import * as tf from "@tensorflow/tfjs";

export function deep(units = 40) {
  const model = tf.sequential();
  model.add(tf.layers.flatten({ inputShape: [28, 28, 1] }));
  for (let i = 0; i < 3; i++) {
    model.add(tf.layers.dense({ units, activation: "relu" }));
  }
  model.add(tf.layers.dense({ units: 10, activation: "softmax" }));
  return model;
}
`;
const INDEX = `export { deep } from "./parts/net";
export { deep as wide, deep as narrow } from "./parts/net";
`;
const TRAIN = `const { deep } = require("./parts/net");
const model = deep(50);
model.compile({ optimizer: "adam", loss: "categoricalCrossentropy" });
exports.train = (xs, ys) => model.fit(xs, ys, { batchSize: 64, epochs: 500 });
`;

export async function prepare(workspace) {
  await mkdir(join(workspace, "parts"));
  await writeFile(join(workspace, "parts", "net.ts"), NET);
  await writeFile(join(workspace, "index.ts"), INDEX);
  await writeFile(join(workspace, "train.js"), TRAIN);
}

export async function run(kit) {
  const { step, until, page, workspace } = kit;
  const [net, index, train] = ["parts/net.ts", "index.ts", "train.js"].map((path) => join(workspace, path));
  const quickPick = (text) => page.locator(".quick-input-list .monaco-list-row", { hasText: text }).first();
  const runsOf = async (file) => (await kit.readRuns()).filter(({ record }) => record.plan.modelFile === file);

  await step("a definition of another file has its lenses where it is exported or called", async () => {
    await kit.openModel();
    await kit.open(index);
    assert.deepEqual(await lensesOf(kit, index), [
      ...["▶ Prune", "Baseline"],
      ...["▶ Prune wide", "Baseline", "▶ Prune narrow", "Baseline"],
    ]);
    assert.deepEqual(await lensesOf(kit, train), ["▶ Prune", "Baseline"]);
    await kit.lens("▶ Prune wide").waitFor();
    await kit.shoot("exported-again.png");
  });

  await step("they follow the other file when it is saved", async () => {
    const save = (text) =>
      kit.inHost(
        async (vscode, { path, now }) => {
          const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
          const edit = new vscode.WorkspaceEdit();
          edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), now);
          return (await vscode.workspace.applyEdit(edit)) && document.save();
        },
        { path: net, now: text },
      );
    await save(NET.replace("function deep", "function shallow"));
    await until("the lenses are gone", async () => (await lensesOf(kit, index)).length === 0);
    await kit.lens("▶ Prune wide").waitFor({ state: "detached" });
    await save(NET);
    await kit.lens("▶ Prune wide").waitFor();
  });

  await step("from the palette: what model.fit says is offered, and taken when it is picked", async () => {
    await kit.open(train);
    await kit.runCommand("Prune a Model");
    await quickPick("train.js").click();
    await quickPick("As the experiment says").click();
    await quickPick("As model.fit in the file says").waitFor();
    await kit.shoot("as-fit-says.png");
    await quickPick("As model.fit in the file says").click();
    const [run] = await until("the run trains", async () => {
      const found = await runsOf(train);
      return found[0]?.events.some(({ type }) => type === "model") ? found : undefined;
    });
    assert.deepEqual(run.record.plan.overrides, { batchSize: 64, epochs: 500 });
    assert.equal(await readFile(join(run.dir, "source", "parts", "net.ts"), "utf8"), NET);
    await kit.lens("Stop").click();
    await until("it has stopped", async () => (await runsOf(train))[0].record.state === "stopped");
    assert.deepEqual(await hintsOf(kit, train), []);
  });

  await step("beside a layer in a loop stands the range over the layers that it made", async () => {
    await kit.open(net);
    await kit.lens("▶ Prune").click();
    const hints = await until("the hints are there", async () => {
      const found = await hintsOf(kit, net);
      return found.length === 2 ? found : undefined;
    });
    assert.deepEqual(
      hints.map(({ line }) => NET.split("\n")[line].trim()),
      NET.split("\n")
        .filter((text) => text.includes("dense"))
        .map((text) => text.trim()),
    );
    assert.match(hints[0].label, /^3 layers · [\d.]+ %( to [\d.]+ %)? sparse$/);
    assert.match(hints[1].label, /^[\d.]+ % sparse · \d+\/10 units alive$/);
    await page.locator(".view-lines", { hasText: "3 layers" }).first().waitFor();
    await kit.shoot("loop.png");
    await kit.lens("Stop").click();
    await until("it has stopped", async () => (await runsOf(net))[0].record.state === "stopped");
  });
}
