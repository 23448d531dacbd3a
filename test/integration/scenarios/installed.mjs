/** The extension as users have it: installed from the .vsix, with nothing of this project around it. */
import assert from "node:assert/strict";
import { checkBars } from "../livePanel.mjs";

export const name = "the .vsix: installed, and used on the engine inside it";

export const isInstalled = true;

export async function run(kit) {
  const { step, lens, panel } = kit;

  await step("the installed copy wakes with a model file", async () => {
    await kit.openModel();
    const path = await kit.inHost((vscode) => vscode.extensions.getExtension("whittle.whittle").extensionPath);
    assert.match(path.replaceAll("\\", "/"), /\/extensions\/whittle\.whittle-\d+\.\d+\.\d+/);
  });

  await step("a click on the lens prunes the model, on the engine that the package brings", async () => {
    await lens("▶ Prune").click();
    await panel().locator('.badge[data-state="done"]').waitFor({ timeout: 300_000 });
    await panel().getByText("on wasm").waitFor();
    const [{ record }] = await kit.readRuns();
    assert.equal(record.engine.name, "wasm");
    assert.ok(record.result.sparsity > 0);
    await checkBars(panel(), record.result);
    await kit.shoot("done.png");
  });

  await step("the engine's installation would go into the extension's own storage", async () => {
    const text = await kit.readEnvironment();
    assert.match(text, /globalStorage[\\/]whittle\.whittle/);
    assert.match(text, /wasm\s+Its check passed/);
  });
}
